package simtest

import (
	"strings"
	"testing"
	"time"

	"heureka/wire"
)

// TestAHelloThatWaitedIsRefused, and isn't taken for obeyed: its connection has begun right
// before the node stands still.
func TestAHelloThatWaitedIsRefused(t *testing.T) {
	w := newWorld(1, Config{})
	w.addWriter("write-1")
	n, client := w.writers[0], w.machine("client")
	w.cut = [][]bool{make([]bool, 2), make([]bool, 2)}
	n.boot()
	client.start()
	var answered strings.Builder
	w.at(10*time.Second, func() {
		mine, theirs := w.connect(client, n.process)
		mine.hear = func(frame []byte) { answered.Write(frame) }
		n.accept(theirs)
		n.sleep(w.times.silent() + 5*time.Second)
		hello, err := wire.AppendJSON(nil, &wire.Hello{Version: wire.ProtocolVersion, Process: "p", Connection: 1})
		if err != nil {
			t.Fatal(err)
		}
		mine.say(hello)
	})
	w.at(2*time.Minute, func() { w.results.Rested = true })
	if err := w.play(); err != nil || !strings.Contains(answered.String(), "not_ready") {
		t.Errorf("%v; it is answered %q", err, answered.String())
	}
}
