package promise

import (
	"testing"

	"heureka/model"
	"heureka/wire"
)

// step is what happens on a subscription: either a Subscribe being sent or a
// message arriving.
type step func(*Session)

func subscribe(seq uint64, matches Matcher) step {
	return func(s *Session) { s.Subscribed(seq, matches) }
}

func receive(messages ...wire.Message) step {
	return func(s *Session) {
		for _, m := range messages {
			s.Receive(m)
		}
	}
}

func TestSession(t *testing.T) {
	orders, carts := ofApp("ORDERS"), ofApp("CARTS")
	both := func(in *model.Instance) bool { return orders(in) || carts(in) }
	a := instance("orders", "o-1", "blue")
	a2 := instance("orders", "o-1", "green")
	b := instance("orders", "o-2", "blue")
	c := instance("carts", "o-1", "blue")

	begin := []step{subscribe(1, orders), receive(&wire.Snapshot{Seq: 1}, put(a, 1), put(b, 2), synced(1, a, b))}

	tests := []struct {
		name   string
		steps  []step
		broken []Name
	}{
		{"snapshot and changes", []step{receive(put(a2, 3), remove(b), &wire.Heartbeat{Check: ptr(checkOf(a2))})}, nil},
		{"a newer version with the same content", []step{receive(put(a, 3))}, nil},
		{"removed and back with a newer version", []step{receive(remove(b), put(b, 3), synced(1, a, b))}, nil},
		{"a remove of what isn't held", []step{receive(remove(c), synced(1, a, b))}, nil},
		{"a snapshot that replaces says everything again and drops the rest",
			[]step{receive(&wire.Snapshot{Seq: 1}, put(b, 2), put(c, 1)), subscribe(2, both), receive(synced(2, b, c))}, []Name{Filtered}},
		{"a snapshot that replaces", []step{receive(&wire.Snapshot{Seq: 1}, put(b, 2), synced(1, b))}, nil},
		{"a change while the snapshot is being sent",
			[]step{receive(&wire.Snapshot{Seq: 1}, put(a, 1), put(a2, 3), put(b, 2), synced(1, a2, b))}, nil},
		{"interests change: what is kept isn't said again",
			[]step{subscribe(2, both), receive(put(c, 1), synced(2, a, b, c))}, nil},
		{"interests change there and back: what was dropped is said again",
			[]step{subscribe(2, carts), receive(remove(a), remove(b), put(c, 1), synced(2, c)),
				subscribe(3, orders), receive(remove(c), put(a, 1), put(b, 2), synced(3, a, b))}, nil},
		{"only the newest of several Subscribes is answered",
			[]step{subscribe(2, carts), subscribe(3, both), receive(put(c, 1), synced(3, a, b, c))}, nil},
		{"a refused Subscribe changes nothing",
			[]step{subscribe(2, carts), receive(wire.NewError(wire.CodeBadPattern, "no").For(2), put(a2, 3), synced(1, a2, b))}, nil},

		{"an older version", []step{receive(put(a2, 3), put(a, 2))}, []Name{Ordered}},
		{"back at the version that was removed", []step{receive(remove(a), put(a, 1))}, []Name{Ordered}},
		{"a snapshot goes back to an older version",
			[]step{receive(put(a2, 3), &wire.Snapshot{Seq: 1}, put(a, 1), put(b, 2), synced(1, a, b))}, []Name{Ordered}},
		{"no version", []step{receive(&wire.Put{Hash: wire.FormatHash(1), Instance: a})}, []Name{Ordered}},
		{"no instance", []step{receive(&wire.Put{Version: at(1).String()})}, []Name{Ordered}},
		{"the same change twice", []step{receive(put(a2, 3), put(a2, 3))}, []Name{Unique}},
		{"twice in one snapshot",
			[]step{receive(&wire.Snapshot{Seq: 1}, put(a, 1), put(a, 1), put(b, 2), synced(1, a, b))}, []Name{Unique}},
		{"interests change and what is kept is said again", []step{subscribe(2, both), receive(put(a, 1))}, []Name{Unique}},
		{"outside the interest", []step{receive(put(c, 3))}, []Name{Filtered}},
		{"outside the interest since the last switch",
			[]step{subscribe(2, carts), receive(remove(a), remove(b), synced(2), put(a2, 3))}, []Name{Filtered}},
		{"a switch leaves behind what only the old interest matched",
			[]step{subscribe(2, carts), receive(put(c, 1), remove(a), synced(2, b, c))}, []Name{Filtered}},
		{"a put is missing when synced", []step{receive(synced(1, a, b, c))}, []Name{Gapless}},
		{"a remove is missing at a heartbeat", []step{receive(&wire.Heartbeat{Check: ptr(checkOf(a))})}, []Name{Gapless}},
		{"the content isn't what was told", []step{receive(&wire.Heartbeat{Check: ptr(checkOf(a2, b))})}, []Name{Gapless}},
		{"a hash that isn't one", []step{receive(&wire.Put{Version: at(3).String(), Hash: "x", Instance: a})}, []Name{Gapless}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var report Report
			s := NewSession("session", &report)
			for _, step := range append(begin[:len(begin):len(begin)], test.steps...) {
				step(s)
			}
			expect(t, &report, test.broken...)
		})
	}
}

func TestSessionHoldsWhatWasTold(t *testing.T) {
	var report Report
	a, b := instance("orders", "o-1", "blue"), instance("orders", "o-2", "blue")
	s := NewSession("session", &report)
	if s.Subscribed(1, ofApp("ORDERS")); s.Settled() {
		t.Error("settled before the answer")
	}
	receive(&wire.Snapshot{Seq: 1}, put(a, 1), put(b, 2), synced(1, a, b))(s)
	if h, ok := s.Get(a.Key()); !s.Settled() || !ok || h.Version != at(1) || s.Len() != 2 {
		t.Errorf("holds %v of %d", h, s.Len())
	}
	Converge(&report, map[model.Key]*model.Instance{a.Key(): a, b.Key(): b}, s.View())
	expect(t, &report)
}

func ptr[T any](value T) *T { return &value }
