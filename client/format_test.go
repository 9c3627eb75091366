package client_test

import (
	"testing"
	"time"

	"heureka/client"
	"heureka/model"
	"heureka/wire"
)

// Both channels speak what the node and the settings allow, and say the same.
func TestFormats(t *testing.T) {
	for _, tt := range []struct {
		name string
		old  bool // the node speaks JSON only
		json bool // the client does
		want wire.Format
	}{
		{"the client prefers protocol buffers", false, false, wire.FormatProto},
		{"an older node", true, false, wire.FormatJSON},
		{"JSON by settings", false, true, wire.FormatJSON},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := startNode(t)
			n.old = tt.old
			cfg := quick(n)
			cfg.JSON = tt.json
			c := open(t, cfg, n)
			inst := up("A", "1")
			inst.Metadata = map[string]string{"k": "v"}
			h, p := registered(t, c, n, inst)
			if p.format != tt.want {
				t.Errorf("speaks %s on the registration channel", p.format.Subprotocol())
			}
			updated := asyncErr(func() error {
				return h.Update(t.Context(), func(in *model.Instance) { in.Metadata = nil })
			})
			update := next[*wire.Update](p)
			after, err := update.Set.Apply(inst)
			if err != nil || after.Metadata != nil || len(update.Set.Fields()) != 1 {
				t.Errorf("the update of %v makes %+v, %v", update.Set.Fields(), after, err)
			}
			p.say(&wire.Ack{Seq: update.Seq, Version: "v2"})
			if err := updated(t); err != nil {
				t.Fatal(err)
			}

			s, q := subscribed(t, c, n, inst)
			if q.format != tt.want {
				t.Errorf("speaks %s on the subscription channel", q.format.Subprotocol())
			}
			if got := s.Get(inst.Key()); !got.Equal(inst) {
				t.Errorf("shows %+v", got)
			}
		})
	}
}

func TestAFrameOfTheOtherFormCostsTheConnection(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, c *client.Client) {
		_, p := subscribed(t, c, n, up("A", "1"))
		p.format = wire.FormatJSON
		begun := time.Now()
		p.say() // even if it says nothing
		n.welcomed()
		if passed := time.Since(begun); passed > time.Second {
			t.Errorf("left after %v", passed)
		}
	})
}

func TestMessagesOfANewerNodeAreLeftOut(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	s, p := subscribed(t, c, n, up("A", "1"))
	frame, err := wire.FormatProto.Append([]byte{0x0a, 0x04, 0xfa, 0x06, 0x01, 0x00}, put(up("A", "2")))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.write(frame); err != nil {
		t.Fatal(err)
	}
	wantEvent(t, s, client.Added, "2")
}

func TestASubscriptionResumes(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	one, two, three := up("A", "1"), up("A", "2"), up("A", "3")
	s, p := subscribed(t, c, n, one, two)
	held := check(one, two)
	p.say(&wire.Heartbeat{Check: &held, Token: "t1"})
	p.say(put(three)) // after the token: the next node says it again
	wantEvent(t, s, client.Added, "3")
	p.drop()

	q, _ := n.welcomed()
	subscribe := next[*wire.Subscribe](q)
	if subscribe.Token != "t1" {
		t.Errorf("the token is %q", subscribe.Token)
	}
	down := with(two, model.StatusDown)
	again := synced(subscribe.Seq, down, three)
	again.Token = "t2"
	q.say(&wire.Resumed{Seq: subscribe.Seq}, put(down), put(three), &wire.Remove{App: "A", ID: "1"}, again)
	wantEvent(t, s, client.Modified, "2")
	wantEvent(t, s, client.Removed, "1")
	wantEvent(t, s, client.Synced, "")
	if got := s.Status(); got.Resumes != 1 || got.Refusals != 0 || got.Repairs != 0 || got.Count != 2 {
		t.Errorf("status %+v", got)
	}
	q.drop()

	r, _ := n.welcomed()
	subscribe = next[*wire.Subscribe](r)
	if subscribe.Token != "t2" {
		t.Errorf("the token is %q", subscribe.Token)
	}
	last := synced(subscribe.Seq, three)
	r.say(&wire.Snapshot{Seq: subscribe.Seq, Refused: "too old"}, put(three), last)
	wantEvent(t, s, client.Removed, "2")
	wantEvent(t, s, client.Synced, "")
	if got := s.Status(); got.Resumes != 1 || got.Refusals != 1 || got.Repairs != 0 || got.Count != 1 {
		t.Errorf("status %+v", got)
	}
}
