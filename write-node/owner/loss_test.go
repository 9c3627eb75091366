package owner

import (
	"fmt"
	"testing"

	"heureka/model"
)

func TestALossyNetworkConverges(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newSeededWorld(t, seed, "a", "b", "c")
			w.loss = 0.2
			clients := make([]*client, 6)
			for i := range clients {
				clients[i] = w.connect(w.nodes[i%3], fmt.Sprint("p", i), ConnID(i+1))
			}
			ids := ConnID(len(clients))
			want := make(map[model.Key]string)
			w.run(90*sec, func() {
				for _, c := range clients {
					c.beat("again")()
				}
				if w.mono%sec != 0 {
					return
				}
				i := w.random.IntN(len(clients))
				c, k := clients[i], model.NewKey("APP", fmt.Sprint(i))
				switch w.random.IntN(4) {
				case 0:
					ids++
					c.at.Close(c.id, Left)
					clients[i] = c.move(w.nodes[w.random.IntN(3)], ids)
					if want[k] != "" {
						clients[i].register(instance(k, want[k]))
					}
				case 1:
					if want[k] != "" {
						clients[i].register(instance(k, want[k]))
						if _, err := c.at.Unregister(c.id, k, model.Version{}, w.now()); err != nil {
							t.Fatalf("unregister: %v", err)
						}
						delete(want, k)
					}
				default:
					want[k] = fmt.Sprint("host", w.random.IntN(3))
					c.register(instance(k, want[k]))
				}
			})
			w.loss = 0
			w.run(20*sec, func() {
				for i, c := range clients {
					for _, k := range c.heartbeat() {
						c.register(instance(k, want[model.NewKey("APP", fmt.Sprint(i))]))
					}
				}
			})
			got := w.agree()
			for k, host := range want {
				if len(got[k]) < 2 || got[k][2:] != host {
					t.Errorf("%v is %q, want %s", k, got[k], host)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d entries, want %d: %v, want %v", len(got), len(want), got, want)
			}
		})
	}
}
