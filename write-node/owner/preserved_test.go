package owner

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/internal/promise"
	"heureka/model"
	"heureka/write-node/lease"
)

// judges are those of one node's classes.
type judges [lease.Classes]*promise.Preserver

// judge has a node judged by what its table tells.
func judge(n *node, report *promise.Report) *judges {
	var js judges
	e := n.cfg.Eviction
	for c := range lease.Classes {
		limits := promise.PreservedLimits{Window: e.Window, Share: e.Share, History: e.History,
			Holds: 2*n.cfg.BehindMax + n.cfg.HoldMax + e.Resume, HeldMax: e.HeldMax}
		if c == lease.Own {
			limits.Holds, limits.HeldMax = 2*e.SilentMax+n.cfg.HoldMax+e.Resume, 0
		}
		js[c] = promise.NewPreserver(n.name+" "+c.String(), limits, report)
	}
	n.Leases().Watch(func(e lease.Event) {
		switch j := js[e.Class]; e.What {
		case lease.Level:
			j.Held(e.At, e.Held)
		case lease.Spent:
			j.TookOver(e.At)
		case lease.Evicted:
			j.Evicted(e.At, e.Key, e.Ended)
		case lease.Released:
			j.Released(e.At, 1)
		}
	})
	return &js
}

func (js *judges) look(n *node, now time.Duration) {
	for c, j := range js {
		class := lease.Class(c)
		j.Queued(now, n.Leases().Stats(now, class).Hold > 0, n.Leases().Queued(class))
	}
}

// quickly are settings under which much happens within minutes.
func quickly() Config {
	cfg := DefaultConfig()
	cfg.Lease, cfg.BehindMax, cfg.HoldMax = 5*sec, 40*sec, 30*sec
	cfg.Eviction = lease.Config{Window: 10 * sec, Share: 0.2, History: 2 * time.Minute, HeldMax: 30 * sec,
		Silent: 4, SilentMax: time.Minute, Portion: 3, Pause: 3 * sec, Resume: 5 * sec}
	return cfg
}

// TestNoFaultEvictsMoreThanTheQuotaAndNothingIsHeldForEver lets clients come, fall
// silent, die and be released, and nodes be cut off and crash.
func TestNoFaultEvictsMoreThanTheQuotaAndNothingIsHeldForEver(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := &world{T: t, random: rand.New(rand.NewPCG(seed, 2)), config: quickly()}
			var report promise.Report
			watched := make(map[*node]*judges)
			for _, name := range []string{"a", "b", "c"} {
				n := w.start(name, 3)
				watched[n] = judge(n, &report)
			}
			w.run(15 * sec)
			p := population{world: w}
			look := func() {
				for n, js := range watched {
					if w.mono%sec == 0 && !n.dead {
						js.look(n, w.mono)
					}
				}
			}
			w.run(8*time.Minute, p.live, look)
			w.run(6*time.Minute, look) // nobody is left, and then nothing
			if n := w.queued(); n > 0 {
				t.Errorf("%d are queued at the end", n)
			}
			if err := report.Err(); err != nil {
				t.Error(err)
			}
			if p.evicted() == 0 {
				t.Error("nothing was evicted at all")
			}
		})
	}
}

// population is clients to which things happen.
type population struct {
	*world
	clients []*client
	ids     ConnID
}

func (p *population) evicted() (n uint64) {
	for _, node := range p.nodes {
		c := node.Counts()
		n += c.Evicted[lease.Own] + c.Evicted[lease.Adopted]
	}
	return n
}

// queued returns how many leases wait for their eviction anywhere.
func (w *world) queued() (n int) {
	for _, node := range w.nodes {
		for c := range lease.Classes {
			if !node.dead {
				n += node.Leases().Stats(w.mono, c).Queued
			}
		}
	}
	return n
}

func (p *population) live() {
	if p.mono%sec != 0 {
		return
	}
	for _, c := range p.clients {
		if !c.at.dead {
			c.at.Heard(c.id, p.now())
		}
	}
	n := p.nodes[p.random.IntN(len(p.nodes))]
	switch p.random.IntN(40) {
	case 0: // a network event silences everybody
		p.clients = nil
	case 1:
		n.cut = !n.cut
	case 2:
		if p.mono > 5*time.Minute && p.nodes[0] == n {
			n.dead = true
		}
	case 3:
		if _, err := n.ReleaseEvictions(lease.Class(p.random.IntN(2)), "", p.now()); err != nil && !errors.Is(err, ErrWaking) {
			p.Fatal(err)
		}
	case 4:
		if err := n.HoldEvictions(lease.Class(p.random.IntN(2)), 20*sec, p.now()); err != nil && !errors.Is(err, ErrWaking) {
			p.Fatal(err)
		}
	case 5, 6, 7, 8:
		p.die()
	default:
		if !n.dead && len(p.clients) < 60 {
			p.join(n)
		}
	}
}

func (p *population) join(n *node) {
	p.ids++
	c := p.connect(n, fmt.Sprint("p", p.ids), p.ids)
	c.register(instance(model.NewKey("APP", fmt.Sprint(p.ids%80)), "one"))
	p.clients = append(p.clients, c)
}

// die takes some clients away, with or without a word of their kernels.
func (p *population) die() {
	n := p.random.IntN(len(p.clients) + 1)
	why := Ending(p.random.IntN(2))
	for _, c := range p.clients[:n] {
		c.at.Close(c.id, why)
	}
	p.clients = p.clients[n:]
}
