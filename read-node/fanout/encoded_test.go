package fanout_test

import (
	"fmt"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/wire"
)

// crowded is a rig with sessions of both formats in several groups that want the
// same instances.
func crowded(t *testing.T, config fanout.Config) *rig {
	r := newRig(t, config)
	for id := range fanout.SessionID(12) {
		r.format = wire.Format(id % 2)
		r.open(id)
		r.subscribe(id, 1, []interest.Set{set(t, app("A")), set(t, vip("x")), set(t, full())}[id%3])
	}
	r.settle()
	return r
}

// TestARecordIsPutIntoJSONOnce whoever hears of it, and however often.
func TestARecordIsPutIntoJSONOnce(t *testing.T) {
	r := crowded(t, fanout.DefaultConfig())
	for i := range 10 {
		r.put(instance("A", fmt.Sprint(i), "x"))
	}
	r.settle()
	for i := range 5 {
		r.remove(model.NewKey("A", fmt.Sprint(i)))
	}
	r.settle()
	r.format = wire.FormatJSON
	r.open(99)
	r.subscribe(99, 1, set(t, interest.Interest{Kind: interest.ID, Value: "7"}, app("A")))
	r.settle()
	if n := r.hub.Stats().Encoded; n != 10 {
		t.Errorf("%d encodings, 10 are enough", n)
	}
}

// TestWhatIsKeptEncodedIsBounded has room for a few records only: the others are
// encoded again.
func TestWhatIsKeptEncodedIsBounded(t *testing.T) {
	for _, limit := range []int{0, 2000} {
		config := fanout.DefaultConfig()
		config.EncodedBytes = limit
		r := crowded(t, config)
		for i := range 100 {
			r.put(instance("A", fmt.Sprint(i), "x"))
			r.deliver()
			if n := r.hub.Stats().EncodedBytes; n > limit {
				t.Fatalf("%d bytes are kept, %d are allowed", n, limit)
			}
		}
		r.settle()
		for _, id := range r.order {
			r.checkHolds(id, r.subs[id])
		}
	}
}

// TestFramesAreSealedOnce has sessions at one cursor get the same sealed bytes,
// each format its own, heartbeats too.
func TestFramesAreSealedOnce(t *testing.T) {
	config := fanout.DefaultConfig()
	seals := 0
	config.Headroom = wire.FrameHeadroom
	config.Seal = func(f wire.Format, room []byte) []byte {
		seals++
		return wire.SealFrame(f, room)
	}
	r := crowded(t, config)
	for name, happens := range map[string]func(){
		"a change":    func() { r.put(instance("A", "1", "x")) },
		"a heartbeat": func() { r.hub.Heartbeat(false) },
	} {
		seals = 0
		happens()
		first := make(map[string]*byte)
		for _, d := range r.hub.Deliveries(0) {
			at := fmt.Sprint(d.Session % 6) // of the same format and group
			if first[at] == nil {
				first[at] = &d.Frame[0]
			}
			if first[at] != &d.Frame[0] {
				t.Errorf("%s: session %d got bytes of its own", name, d.Session)
			}
			r.hub.Written(d.Session)
		}
		if len(first) != 6 || seals != 6 {
			t.Errorf("%s: %d frames, sealed %d times", name, len(first), seals)
		}
	}
}

// TestATokenIsOfItsMoment counts how often tokens are made, and has the view change
// between those who share a frame otherwise. That they are right the rig checks.
func TestATokenIsOfItsMoment(t *testing.T) {
	tokens := 0
	number := 0
	hub := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), func(interest.Set) string {
		tokens++
		return fmt.Sprint(number)
	})
	token := func(id fanout.SessionID) string {
		hub.Open(id, wire.FormatJSON)
		if err := hub.Subscribe(id, fanout.Subscription{Seq: 1, Set: set(t, app("A"))}); err != nil {
			t.Fatal(err)
		}
		for _, d := range hub.Deliveries(0) {
			for m := range wire.FormatJSON.Messages(d.Frame) {
				if synced, ok := m.(*wire.Synced); ok && d.Session == id {
					return synced.Token
				}
			}
		}
		t.Fatal("no synced")
		return ""
	}
	for id := range fanout.SessionID(5) {
		number++ // what the node has merged, though nothing of A has changed
		if got := token(id); got != fmt.Sprint(number) {
			t.Errorf("token %s at %d", got, number)
		}
		hub.Written(id)
		hub.Deliveries(0)
	}
	tokens = 0
	hub.Heartbeat(false)
	if n := len(hub.Deliveries(0)); n != 5 || tokens != 1 {
		t.Errorf("%d heartbeats with %d tokens", n, tokens)
	}
}
