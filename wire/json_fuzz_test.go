package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"heureka/wire"
)

// FuzzDecodeJSON holds that what is read is written as one line that reads the
// same, and that everything else is refused with an error of the table.
func FuzzDecodeJSON(f *testing.F) {
	for _, m := range messages(f) {
		f.Add(encode(f, m))
	}
	f.Add([]byte(`{"type":"update","set":{"ports":[],"metadata":null,"dataCenter":{"aws":{"other":{}}}}}`))
	f.Add([]byte(`{"TYPE":"ack","type":"heartbeat","count":1,"Count":2}`))
	f.Add([]byte(`{"type":"put","instance":{"id":"\ud800","app":"<&>"}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := wire.DecodeJSON(line)
		if err != nil {
			var fault *wire.Error
			if !errors.As(err, &fault) || fault.Code.Kind().Name != fault.Name || m != nil {
				t.Fatalf("refused with %v and %v", err, m)
			}
			return
		}
		first := encode(t, m)
		if bytes.IndexByte(first, '\n') != len(first)-1 {
			t.Fatalf("not one line: %q", first)
		}
		again, err := wire.DecodeJSON(first)
		if err != nil {
			t.Fatalf("%q is written as %q, which is refused: %v", line, first, err)
		}
		if second := encode(t, again); again.Type() != m.Type() || !bytes.Equal(first, second) {
			t.Fatalf("%q is written as\n%q, that as\n%q", line, first, second)
		}
	})
}
