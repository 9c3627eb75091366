package cluster

import (
	"slices"
	"testing"
	"time"

	"heureka/model"
)

// TestReadersAreThoseThatTakeSubscribers also has a node of a release that doesn't
// tell how many it has.
func TestReadersAreThoseThatTakeSubscribers(t *testing.T) {
	r := newReplica(DefaultConfig(), "r", Read)
	hear := func(name string, role Role, tick uint64, now time.Duration, serving bool, sessions int) {
		b := beacon(incarnation(name, 1), role, tick, true)
		b.Serving, b.Sessions = serving, sessions
		r.Receive(at(now), b)
	}
	hear("w", Write, 1, time.Second, true, 5)
	hear("older", Read, 1, time.Second, false, 0)
	hear("b", Read, 1, time.Second, true, 20)
	hear("a", Read, 1, 2*time.Second, true, 0)

	names := func(within, now time.Duration) []string {
		var out []string
		for _, m := range r.Readers(within, now) {
			out = append(out, m.Incarnation.Name)
		}
		return out
	}
	if got := names(3*time.Second, 4*time.Second); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("readers %v", got)
	}
	if got := names(3*time.Second, 5*time.Second); !slices.Equal(got, []string{"a"}) {
		t.Errorf("when b has said nothing for a while: %v", got)
	}
	hear("a", Read, 2, 5*time.Second, false, 7) // it drains
	if got := names(3*time.Second, 5*time.Second); got != nil {
		t.Errorf("when a is about to stop: %v", got)
	}
}

func TestBeaconsTellOfSessions(t *testing.T) {
	r := newReplica(DefaultConfig(), "r", Read)
	said := func(now time.Duration) *Beacon {
		r.Tick(at(now))
		for _, m := range r.Drain().Messages {
			if b, ok := m.Message.(*Beacon); ok && m.To == (model.Incarnation{}) {
				return b
			}
		}
		t.Fatal("no beacon")
		return nil
	}
	if b := said(time.Second); b.Serving || b.Sessions != 0 {
		t.Errorf("it says %+v", b)
	}
	r.SetSessions(true, 12)
	if b := said(3 * time.Second); !b.Serving || b.Sessions != 12 {
		t.Errorf("it says %+v", b)
	}
}
