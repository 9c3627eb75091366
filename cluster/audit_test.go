package cluster

import (
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
)

// pair is two write nodes with a network that loses nothing.
type pair struct {
	a, b *Replica
	now  time.Duration
}

func newPair() *pair {
	config := DefaultConfig()
	config.Size = 3
	return &pair{a: newReplica(config, "a", Write), b: newReplica(config, "b", Write)}
}

// settle carries messages until there are none. What is to be taken over stays
// where it is.
func (p *pair) settle() {
	for quiet := false; !quiet; {
		quiet = true
		for _, way := range []struct{ from, to *Replica }{{p.a, p.b}, {p.b, p.a}} {
			for _, o := range way.from.Drain().Messages {
				if o.To.IsZero() || o.To == way.to.Self() {
					way.to.Receive(at(p.now), o.Message)
					quiet = false
				}
			}
		}
	}
}

func (p *pair) run(d time.Duration) {
	for end := p.now + d; p.now < end; {
		p.now += 100 * time.Millisecond
		p.a.Tick(at(p.now))
		p.b.Tick(at(p.now))
		p.settle()
	}
}

// One node has forgotten a tombstone, the other got it later and still has it.
// Now an older word comes in from a node that was cut off: the maps differ at
// equal vectors, and only one of the two has something to learn.
func TestAForgottenTombstoneIsLearntAgain(t *testing.T) {
	for _, forgetful := range []string{"a", "b"} {
		t.Run(forgetful+" forgot it", func(t *testing.T) {
			p := newPair()
			p.run(3 * time.Second)
			e := put(p.a, p.now, "x")
			ended := model.Version{Time: e.Version.Time, Turn: model.TurnEnd, Incarnation: p.a.Self()}
			p.a.Entomb(at(p.now), e.Key, ended, model.Speaker{})
			p.settle()
			if forgetful == "a" {
				p.a.registry.Forget(p.now + 1)
			} else {
				p.b.registry.Forget(p.now + 1)
			}
			cutOff := incarnation("c", 1)
			older := &Delta{registry.Delta{Incarnation: cutOff, From: 0, To: 1, Entries: []*registry.Entry{{
				Key: e.Key, Version: model.Version{Time: e.Version.Time - 1<<model.TimeNodeBits, Incarnation: cutOff},
				Dot: model.Dot{Incarnation: cutOff, Seq: 1}, Instance: e.Instance, Hash: e.Hash,
			}}}}
			p.a.Receive(at(p.now), older)
			p.b.Receive(at(p.now), older)
			if p.a.registry.Live()+p.b.registry.Live() != 1 {
				t.Fatal("the maps should differ now")
			}
			p.run(2 * time.Minute)
			if p.a.registry.Live() != 0 || p.b.registry.Live() != 0 {
				t.Fatalf("live on a %d, on b %d", p.a.registry.Live(), p.b.registry.Live())
			}
		})
	}
}
