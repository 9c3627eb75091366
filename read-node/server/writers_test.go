package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"heureka/internal/promise"
	"heureka/model"
)

func TestPortionsAreBounded(t *testing.T) {
	w := newWriters(1, 2)
	first, second := w.take(), w.take()
	if first == nil || second == nil || w.take() != nil {
		t.Error("there are other than two portions")
	}
	w.give(first)
	if w.take() != first {
		t.Error("what was given back isn't used again")
	}
	p := &portion{}
	for n := 0; !p.full(make([]byte, 100)); n++ {
		if n == portionFrames {
			t.Fatal("a portion has no end")
		}
		p.add(writing{frame: make([]byte, 100)})
	}
	large := &portion{}
	if large.full(make([]byte, 2*portionBytes)) {
		t.Error("a large frame has no place")
	}
	large.add(writing{frame: make([]byte, portionBytes)})
	if !large.full([]byte{1}) {
		t.Error("a portion takes more than its bytes")
	}
	large.clear()
	if len(large.list) != 0 || large.bytes != 0 {
		t.Errorf("%+v is left", large)
	}
}

// TestACrowdFollowsTheRegistry has more subscribers than the loop writes to by
// itself, with many portions and with fewer than they fill.
func TestACrowdFollowsTheRegistry(t *testing.T) {
	const subscribers, changes = 150, 40
	for _, portions := range []int{1, 256} {
		t.Run(fmt.Sprint(portions), func(t *testing.T) {
			w, n := startReady(t, func(c *Config) { c.MaxPortions, c.Writers = portions, 2 }, instance("A", "1", ""))
			all := make([]*subscriber, subscribers)
			for i := range all {
				all[i] = n.subscribe(app("A"))
			}
			var following sync.WaitGroup
			for _, s := range all {
				following.Go(func() { s.follow("A", "1", fmt.Sprint(changes-1)) })
			}
			for i := range changes {
				w.put(instance("A", "1", fmt.Sprint(i)))
			}
			following.Wait()
			for _, s := range all {
				if err := s.report.Err(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestWhatLeftAtOnceIsFollowedUp asks the loop whether it goes on without waiting for
// anything when frames of its own have left.
func TestWhatLeftAtOnceIsFollowedUp(t *testing.T) {
	_, n := startReady(t, nil)
	n.subscribe(app("A"))
	var first, then bool
	n.loop.ask(nil, func(c *core) {
		c.hub.Heartbeat(false)
		now := n.loop.now().Mono
		first, then = c.deliver(now), c.deliver(now)
	})
	if !first || then {
		t.Errorf("goes on: %t, then %t", first, then)
	}
}

// follow reads on until the instance is held with that vip, on any goroutine.
func (s *subscriber) follow(app, id, vip string) {
	for !s.holds(app, id, vip) {
		if _, err := s.read(); err != nil {
			s.t.Error(err)
			return
		}
	}
}

// TestOneOfACrowdThatDoesNotReadDelaysNobody has one of many not read: what the others
// are told comes while its frame is stuck.
func TestOneOfACrowdThatDoesNotReadDelaysNobody(t *testing.T) {
	w, n := startReady(t, func(c *Config) { c.SendBuffer = 4096 })
	slow := n.subscribe(app("A"))
	var crowd []*subscriber
	for range 20 {
		crowd = append(crowd, n.subscribe(app("A")))
	}
	long := strings.Repeat("x", 2000)
	for i, stuck := 0, 0; stuck < 50; i++ { // not for a moment only
		in := instance("A", fmt.Sprint(i%50), fmt.Sprint(i))
		in.HomePageURL = long
		w.put(in)
		for _, s := range crowd {
			s.has("A", in.ID, in.VIP)
		}
		if stuck++; n.acceptor.Stats().Stuck == 0 {
			stuck = 0
		}
		if i == 20_000 {
			t.Fatal("who doesn't read takes everything")
		}
	}
	for i := range 20 {
		w.put(instance("A", "later", fmt.Sprint(i)))
		for _, s := range crowd {
			s.has("A", "later", fmt.Sprint(i))
		}
		// What has left for another a moment ago may still count.
		n.eventually(func() bool { return n.acceptor.Stats().Stuck == 1 }, "frame that is stuck")
		promise.Isolation{}.Meanwhile(&slow.report, "crowd", model.NewKey("A", "later"), n.acceptor.Stats().Stuck == 1)
	}
	slow.has("A", "later", "19")
	if err := slow.report.Err(); err != nil {
		t.Error(err)
	}
}
