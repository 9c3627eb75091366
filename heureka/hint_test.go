package main

import (
	"bytes"
	"strings"
	"testing"

	"heureka/internal/dev"
)

// TestTheHintWorksAsItStands: whoever copies it asks the nodes that have just started.
func TestTheHintWorksAsItStands(t *testing.T) {
	for _, test := range []struct {
		plan dev.Plan
		says string
	}{
		{dev.Plan{WriteNodes: 3, ReadNodes: 2}, "Try in another terminal:\n  bin/heureka watch\n"},
		{dev.Plan{WriteNodes: 1, ReadNodes: 2}, "terminal:\n  export HEUREKA_WRITE=127.0.0.1:7001 HEUREKA_READ=127.0.0.1:8761,127.0.0.1:8762\n  bin/heureka watch\n"},
		{dev.Plan{WriteNodes: 1, ReadNodes: 1, PortOffset: 10000}, "  export HEUREKA_WRITE=127.0.0.1:17001 HEUREKA_READ=127.0.0.1:18761\n"},
	} {
		var out bytes.Buffer
		if writeHint(&out, "bin/heureka", "logs", test.plan); !strings.Contains(out.String(), test.says) || strings.Contains(out.String(), "%!") {
			t.Errorf("%+v: says\n%s\nwant\n%s", test.plan, out.String(), test.says)
		}
	}
}
