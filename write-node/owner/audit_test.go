package owner

import (
	"fmt"
	"testing"
	"time"

	"heureka/registry"
)

// A map that has lost what its vector says that it has, whoever's it is, is found
// by its digest. The node itself takes nothing back that it has merged before, so
// the loss spreads, until the owner, who alone knows what its clients said, says it
// again.
func TestALostEntryIsSaidAgain(t *testing.T) {
	for run := range 12 { // who asks whom depends on the digests, so on when it is
		t.Run(fmt.Sprint(run), func(t *testing.T) {
			w := newWorld(t, "a", "b", "c")
			w.run(time.Duration(run) * time.Second)
			c := w.connect(w.nodes[0], "p", 1)
			c.register(instance(key, "one"))

			corrupt := w.nodes[run%3]
			m := corrupt.Replica().Map()
			lost := &registry.Answer{Whole: true, Vector: m.Vector().Clone()}
			if m.Adopt(lost, w.mono); m.Live() != 0 {
				t.Fatal("nothing is lost")
			}
			corrupt.wrong = true
			w.run(3*time.Minute, c.beat("one"))
			corrupt.wrong = false
			w.run(time.Second, c.beat("one"))
			w.wantOwner("a one")
		})
	}
}
