package server

import (
	"fmt"
	"testing"
	"time"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/read-node/resume"
	"heureka/wire"
)

// remember reads on until a heartbeat at the log's end, and returns what the
// subscriber could resume from there.
func (s *subscriber) remember() *promise.Memory {
	s.t.Helper()
	for {
		if h, ok := s.next().(*wire.Heartbeat); ok && h.Check != nil && h.Token != "" {
			return s.judge.Remember(h.Token)
		}
	}
}

// resume subscribes to an application with a token, and returns the node's word on
// it.
func (s *subscriber) resume(name, token string, m *promise.Memory) wire.Message {
	s.t.Helper()
	s.greet()
	s.seq++
	set, err := interest.NewSet(interest.DefaultLimits(), []interest.Interest{app(name)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.judge.Subscribed(s.seq, set.Match)
	if m != nil {
		s.judge.Resumes(s.seq, m)
	} else {
		s.judge.Pretends(s.seq)
	}
	s.send(&wire.Subscribe{Seq: s.seq, Interests: set.Atoms(), Token: token})
	for {
		switch m := s.next().(type) {
		case *wire.Resumed, *wire.Snapshot:
			return m
		}
	}
}

func TestASubscriberResumesAtAnotherNode(t *testing.T) {
	for _, format := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		t.Run(format.Subprotocol(), func(t *testing.T) {
			w := startWriter(t)
			config := testConfig(w)
			config.Heartbeat, config.ResumeWait = 50*time.Millisecond, patience
			a, b := startNode(t, config), startNode(t, config)
			for i := range 30 {
				w.put(instance("A", fmt.Sprint(i), "v"), instance("B", fmt.Sprint(i), "v"))
			}
			a.await(a.Ready(), "ready")
			b.await(b.Ready(), "ready")
			s := a.dialIn(format)
			s.greet()
			s.change(app("A"))
			s.has("A", "29", "v")
			memory := s.remember()
			_ = s.conn.CloseNow()
			w.put(instance("A", "7", "new"), instance("B", "7", "new"))
			w.remove("A", "8")
			w.put(instance("A", "30", "v"))

			s = b.dialIn(format)
			if m, ok := s.resume("A", memory.Token, memory).(*wire.Resumed); !ok {
				t.Fatalf("answered by %+v", m)
			}
			before := s.heard
			s.has("A", "7", "new")
			s.has("A", "30", "v")
			s.lacks("A", "8")
			s.until((*promise.Session).Settled)
			if heard := s.heard - before; heard > 6 {
				t.Errorf("%d messages for three changes", heard)
			}
			w.put(instance("A", "9", "later"))
			s.has("A", "9", "later")
		})
	}
}

func TestTokensThatDontCountAreRefusedAloud(t *testing.T) {
	_, n := startReady(t, func(c *Config) { c.Heartbeat, c.ResumeWait = 50*time.Millisecond, 100*time.Millisecond },
		instance("A", "1", "v"), instance("B", "1", "v"))
	_, other := startReady(t, func(c *Config) { c.Heartbeat = 50 * time.Millisecond }, instance("A", "1", "v"))
	ofB, ofOthers := n.subscribe(app("B")).remember().Token, other.subscribe(app("A")).remember().Token
	for _, tt := range []struct{ name, token, refused string }{
		{"nonsense", "nonsense", resume.Malformed},
		{"for other interests", ofB, resume.OtherInterests},
		{"of write nodes that nobody knows", ofOthers, resume.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := n.dial()
			s.t = t
			if m, ok := s.resume("A", tt.token, nil).(*wire.Snapshot); !ok || m.Refused != tt.refused {
				t.Fatalf("answered by %+v", m)
			}
			s.has("A", "1", "v")
		})
	}
}
