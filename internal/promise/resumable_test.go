package promise

import (
	"testing"

	"heureka/wire"
)

func TestResumable(t *testing.T) {
	orders := ofApp("ORDERS")
	a := instance("orders", "o-1", "blue")
	a2 := instance("orders", "o-1", "green")
	b := instance("orders", "o-2", "blue")
	c := instance("orders", "o-3", "blue")
	resumes := func(valid bool) step {
		return func(s *Session) {
			before := NewSession("before", new(Report))
			before.Subscribed(1, orders)
			receive(&wire.Snapshot{Seq: 1}, put(a, 1), put(b, 2), synced(1, a, b))(before)
			memory := before.Remember("token")
			receive(put(c, 3))(before) // after the token: what came then comes again
			s.Subscribed(1, orders)
			if valid {
				s.Resumes(1, memory)
			} else {
				s.Pretends(1)
			}
		}
	}
	valid, invalid := resumes(true), resumes(false)
	resumed := &wire.Resumed{Seq: 1}
	for _, tt := range []struct {
		name   string
		steps  []step
		broken []Name
	}{
		{"nothing was missed", []step{valid, receive(resumed, synced(1, a, b))}, nil},
		{"what was missed", []step{valid, receive(resumed, put(a2, 3), remove(b), put(c, 3), synced(1, a2, c), put(b, 4))}, nil},
		{"what is held comes again", []step{valid, receive(resumed, put(a, 1), synced(1, a, b))}, nil},
		{"a snapshot instead", []step{valid, receive(&wire.Snapshot{Seq: 1}, put(b, 2), synced(1, b))}, nil},
		{"it is too old", []step{valid, receive(&wire.Snapshot{Seq: 1, Refused: "too_old"}, put(b, 2), synced(1, b))}, nil},
		{"an invalid one", []step{invalid, receive(&wire.Snapshot{Seq: 1, Refused: "foreign"}, put(b, 2), synced(1, b))}, nil},
		{"a heartbeat while it waits", []step{valid, receive(&wire.Heartbeat{}, resumed, synced(1, a, b))}, nil},

		{"a change is missing", []step{valid, receive(resumed, synced(1, a2, b))}, []Name{Resumable}},
		{"a removal is missing", []step{valid, receive(resumed, synced(1, a))}, []Name{Resumable}},
		{"what was heard after the token doesn't help", []step{valid, receive(resumed, synced(1, a, b, c))}, []Name{Resumable}},
		{"a valid one is refused", []step{valid, receive(&wire.Snapshot{Seq: 1, Refused: "malformed"}, synced(1))}, []Name{Resumable}},
		{"an invalid one is taken", []step{invalid, receive(resumed, synced(1))}, []Name{Resumable}},
		{"an invalid one isn't refused aloud", []step{invalid, receive(&wire.Snapshot{Seq: 1}, synced(1))}, []Name{Resumable}},
		{"no word on it", []step{valid, receive(put(c, 3), synced(1, a, b, c))}, []Name{Resumable}},
		{"nobody asked", []step{subscribe(1, orders), receive(resumed, synced(1))}, []Name{Resumable}},
		{"said twice", []step{valid, receive(resumed, resumed, synced(1, a, b))}, []Name{Resumable}},
		{"later differences aren't the token's", []step{valid, receive(resumed, synced(1, a, b), &wire.Heartbeat{Check: ptr(checkOf(a))})}, []Name{Gapless}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var report Report
			s := NewSession("s", &report)
			for _, step := range tt.steps {
				step(s)
			}
			expect(t, &report, tt.broken...)
		})
	}
}
