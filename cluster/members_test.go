package cluster

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/model"
)

// TestWriteNodesAreListed holds that the list of write nodes is that of those who are
// known, whoever comes, turns out to be something else, or is forgotten.
func TestWriteNodesAreListed(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	config := DefaultConfig()
	config.MaxMembers = 12
	ms := newMembers(config, incarnation("self", 1), Write)
	role := func() Role { return []Role{Write, Read}[random.IntN(2)] }
	forgotten, changed := 0, 0
	for step := range 3000 {
		now := time.Duration(step) * time.Minute
		who := incarnation(fmt.Sprint("node-", random.IntN(20)), 1)
		switch random.IntN(4) {
		case 0:
			ms.tick(who, role(), uint64(step), now)
		case 1:
			before := len(ms.known)
			ms.forget(now, func(inc model.Incarnation) int { return len(inc.Name) % 2 })
			forgotten += before - len(ms.known)
		default:
			b := beacon(who, role(), uint64(step+1), true)
			if m := ms.known[who]; m != nil && m.Role != b.Role {
				changed++
			}
			ms.observe(b, now)
		}
		listed := make(map[*Member]bool)
		for _, m := range ms.writes {
			listed[m] = true
		}
		if len(listed) != len(ms.writes) {
			t.Fatalf("step %d: %d of %d listed are others", step, len(listed), len(ms.writes))
		}
		for inc, m := range ms.known {
			if listed[m] != (m.Role == Write) {
				t.Fatalf("step %d: %s is listed: %v", step, inc, listed[m])
			}
			delete(listed, m)
		}
		if len(listed) > 0 {
			t.Fatalf("step %d: %d are listed that nobody knows", step, len(listed))
		}
	}
	if forgotten < 10 || changed < 10 {
		t.Errorf("%d were forgotten, %d changed", forgotten, changed)
	}
}

// BenchmarkDraw draws times for words, among many read nodes.
func BenchmarkDraw(b *testing.B) {
	for _, readers := range []int{0, 100, 300} {
		b.Run(fmt.Sprint("readers=", readers), func(b *testing.B) {
			r := newReplica(DefaultConfig(), "self", Write)
			for n := range 2 + readers {
				role := Read
				if n < 2 {
					role = Write
				}
				r.members.observe(beacon(incarnation(fmt.Sprint("node-", n), 1), role, 1, true), time.Second)
			}
			for b.Loop() {
				r.Draw(at(time.Second), 0)
			}
		})
	}
}
