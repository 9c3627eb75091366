package owner

import (
	"fmt"
	"testing"
	"time"

	"heureka/registry"
)

// A map that doesn't hold what its vector says, whoever's it is, is found by its
// digest, and the owner puts right what an audit may have spread.
func TestACorruptMapIsRepaired(t *testing.T) {
	for run := range 12 { // who asks whom depends on the digests, so on when it is
		corrupt := run % 3
		for name, keep := range map[string]bool{"lost an entry": false, "went back to an older one": true} {
			t.Run(fmt.Sprintf("%d %s, run %d", corrupt, name, run), func(t *testing.T) {
				w := newWorld(t, "a", "b", "c")
				w.run(time.Duration(run) * time.Second)
				c := w.connect(w.nodes[0], "p", 1)
				c.register(instance(key, "one"))
				m := w.nodes[corrupt].Replica().Map()
				first := m.Get(key)
				c.register(instance(key, "two"))

				spoilt := &registry.Answer{Whole: true, Vector: m.Vector().Clone(), Believe: func(*registry.Entry) bool { return true }}
				for e := range m.All() {
					if e.Key != key {
						spoilt.Entries = append(spoilt.Entries, e)
					} else if keep {
						spoilt.Entries = append(spoilt.Entries, first)
					}
				}
				m.Adopt(spoilt, w.mono)
				w.nodes[corrupt].wrong = true
				w.run(3*time.Minute, c.beat("two"))
				w.nodes[corrupt].wrong = false
				w.run(time.Second, c.beat("two"))
				w.wantOwner("a two")
			})
		}
	}
}
