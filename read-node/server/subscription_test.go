package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"

	"github.com/coder/websocket"
)

func TestASubscriberFollowsTheRegistry(t *testing.T) {
	w, n := startReady(t, nil, instance("ORDERS", "o-1", "orders"), instance("PAY", "p-1", "pay"))
	s := n.subscribe(app("orders"))
	s.has("ORDERS", "o-1", "orders")
	w.put(instance("ORDERS", "o-2", "orders"), instance("PAY", "p-2", "pay"))
	s.has("ORDERS", "o-2", "orders")
	w.put(instance("ORDERS", "o-1", "other"))
	s.has("ORDERS", "o-1", "other")
	w.remove("ORDERS", "o-2")
	s.lacks("ORDERS", "o-2")
	if s.judge.Len() != 1 {
		t.Errorf("holds %d", s.judge.Len())
	}
}

func TestAnInstanceThatChangesItsVIPLeavesOneAndEntersTheOther(t *testing.T) {
	w, n := startReady(t, nil, instance("A", "1", "old"))
	from, to := n.subscribe(vip("old")), n.subscribe(vip("new"))
	from.has("A", "1", "old")
	w.put(instance("A", "1", "new"))
	from.lacks("A", "1")
	to.has("A", "1", "new")
}

func TestInterestsChangeOnTheLiveConnection(t *testing.T) {
	w, n := startReady(t, nil, instance("A", "1", "x"), instance("A", "2", ""), instance("B", "1", "x"))
	s := n.subscribe(app("A"))
	s.change(vip("x"))
	s.has("B", "1", "x")
	s.lacks("A", "2")
	w.put(instance("A", "2", "x"))
	s.has("A", "2", "x")
	s.change(full())
	if s.judge.Len() != 3 {
		t.Errorf("holds %d", s.judge.Len())
	}
}

func TestPatternsFollowTheRegistry(t *testing.T) {
	w, n := startReady(t, nil, instance("A", "1", "pay-1"), instance("B", "1", "order"))
	s := n.subscribe(interest.Interest{Kind: interest.VIP, Op: interest.Like, Value: "pay-.*"},
		interest.Interest{Kind: interest.ID, Op: interest.Like, Value: "[2-9]"})
	s.has("A", "1", "pay-1")
	w.put(instance("C", "1", "pay-2"), instance("C", "2", ""), instance("A", "1", ""))
	s.has("C", "1", "pay-2")
	s.has("C", "2", "")
	s.lacks("A", "1")
	if s.judge.Len() != 2 {
		t.Errorf("holds %d", s.judge.Len())
	}
}

// TestACostlyPatternDelaysNobody subscribes to patterns whose matching takes much
// longer than the test, while another subscriber listens.
func TestACostlyPatternDelaysNobody(t *testing.T) {
	var all []*model.Instance
	for i := range 30_000 {
		all = append(all, instance("A", fmt.Sprintf("%0200d", i), ""))
	}
	w, n := startReady(t, nil, all...)
	witness := n.subscribe(app("B"))
	hostile := n.dial()
	hostile.send(&wire.Hello{Version: wire.ProtocolVersion})
	var costly []interest.Interest // of no letters that would tell soon that nothing matches
	for i := range 50 {
		costly = append(costly, interest.Interest{Kind: interest.ID, Op: interest.Like, Value: fmt.Sprintf("(.*0.*){%d}[xy].*", 12+i)})
	}
	hostile.send(&wire.Subscribe{Seq: 1, Interests: costly}) // its end ends the matching too
	matching := func() bool { return len(n.loop.surveys) > 0 }
	n.eventually(matching, "survey")
	for i := range 20 {
		w.put(instance("B", fmt.Sprint(i), ""))
		witness.has("B", fmt.Sprint(i), "")
		promise.Isolation{}.Meanwhile(&witness.report, "witness", model.NewKey("B", fmt.Sprint(i)), matching())
	}
	if err := witness.report.Err(); err != nil {
		t.Error(err)
	}
}

func TestALargeSnapshotComesInBoundedFrames(t *testing.T) {
	w, n := startReady(t, func(c *Config) { c.MaxFrame = 4096 })
	for i := range 50 {
		for j := range 10 {
			w.put(instance("A", fmt.Sprintf("%d-%d", i, j), ""))
		}
	}
	s := n.dial()
	s.bounds.Frame = 4096
	s.send(&wire.Hello{Version: wire.ProtocolVersion})
	s.change(full())
	s.until(func(j *promise.Session) bool { return j.Len() == 500 })
	s.change(app("B"))
	s.change(full())
	if s.judge.Len() != 500 {
		t.Errorf("holds %d", s.judge.Len())
	}
}

// TestMalformedThingsHarmNobodyElse says seventeen things that make no sense to a
// real node, each on a connection of its own, while another subscriber listens.
func TestMalformedThingsHarmNobodyElse(t *testing.T) {
	w, n := startReady(t, func(c *Config) { c.MaxMessage = 64 << 10 }, instance("A", "1", ""))
	witness := n.subscribe(full())
	interests := func(text string) string { return `{"type":"subscribe","seq":5,"interests":[` + text + `]}` }
	for i, c := range []struct {
		name  string
		hello bool // said before
		say   string
		kind  websocket.MessageType
		code  wire.Code
		seq   uint64
	}{
		{"not JSON", true, "subscribe me", websocket.MessageText, wire.CodeMalformed, 0},
		{"JSON that is no object", true, `"subscribe"`, websocket.MessageText, wire.CodeMalformed, 0},
		{"a field of a wrong type", true, `{"type":"subscribe","seq":5,"interests":{}}`, websocket.MessageText, wire.CodeInvalidInterest, 5},
		{"a binary message", true, "\x00\x01", websocket.MessageBinary, wire.CodeMalformed, 0},
		{"an unknown type", true, `{"type":"subscribed","seq":5}`, websocket.MessageText, wire.CodeUnknownType, 5},
		{"a message of the other channel", true, `{"type":"unregister","seq":5,"app":"A","id":"1"}`, websocket.MessageText, wire.CodeUnknownType, 5},
		{"a version from the future", false, `{"type":"hello","version":99}`, websocket.MessageText, wire.CodeUnsupportedVersion, 0},
		{"a subscribe before the hello", false, interests(`{"kind":"full"}`), websocket.MessageText, wire.CodeHelloExpected, 0},
		{"a second hello", true, `{"type":"hello","version":1}`, websocket.MessageText, wire.CodeSecondHello, 0},
		{"an oversized message", true, strings.Repeat("a", 1<<20), websocket.MessageText, wire.CodeTooLarge, 0},
		{"an unknown kind", true, interests(`{"kind":"host","value":"a"}`), websocket.MessageText, wire.CodeInvalidInterest, 5},
		{"an unknown operator", true, interests(`{"kind":"app","op":"unlike","value":"a"}`), websocket.MessageText, wire.CodeInvalidInterest, 5},
		{"a missing app", true, interests(`{"kind":"app"}`), websocket.MessageText, wire.CodeInvalidInterest, 5},
		{"control characters", true, interests(`{"kind":"app","value":"a\u0007b"}`), websocket.MessageText, wire.CodeInvalidInterest, 5},
		{"a bad pattern", true, interests(`{"kind":"vip","op":"like","value":"["}`), websocket.MessageText, wire.CodeBadPattern, 5},
		{"a pattern that would grow", true, interests(`{"kind":"vip","op":"like","value":"((a{100}){100}){100}"}`), websocket.MessageText, wire.CodeBadPattern, 5},
		{"a huge value", true, interests(`{"kind":"id","value":"` + strings.Repeat("a", 10_000) + `"}`), websocket.MessageText, wire.CodeValueTooLong, 5},
		{"too many interests", true, interests(strings.TrimSuffix(strings.Repeat(`{"kind":"full"},`, 1001), ",")), websocket.MessageText, wire.CodeTooManyInterests, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := &node{Server: n.Server, t: t}
			s := n.dial()
			if c.hello {
				s = n.subscribe(app("A"))
			}
			s.say(c.kind, []byte(c.say))
			said, ok := s.next().(*wire.Error)
			if !ok || said.Code != c.code || said.Name != c.code.Kind().Name || said.Seq != c.seq {
				t.Fatalf("got %+v, wanted code %d for message %d", said, c.code, c.seq)
			}
			if c.code.Kind().Closes {
				s.closedWith(c.code)
			} else {
				s.change(full()) // the connection goes on
				s.has("A", "1", "")
			}
			w.put(instance("WITNESS", fmt.Sprint(i), ""))
			witness.has("WITNESS", fmt.Sprint(i), "")
		})
	}
}

// TestASlowSubscriberDelaysNobody lets one stop reading while its interest
// changes, and then read again.
func TestASlowSubscriberDelaysNobody(t *testing.T) {
	w, n := startReady(t, nil)
	slow, quick := n.subscribe(app("A")), n.subscribe(app("A"))
	long := strings.Repeat("x", 4000)
	const changes = 10_000
	for i := range changes {
		in := instance("A", fmt.Sprint(i%10), fmt.Sprint(i))
		in.HomePageURL = long
		w.put(in)
		if i%1000 == 999 {
			quick.has("A", "9", fmt.Sprint(i))
		}
	}
	slow.has("A", "9", fmt.Sprint(changes-1))
	for i := range 10 {
		slow.has("A", fmt.Sprint(i), fmt.Sprint(changes-10+i))
	}
	if slow.heard > changes/2 {
		t.Errorf("who didn't read was told %d of %d changes", slow.heard, changes)
	}
}

func TestHeartbeatsComeWhenThereIsNothingElse(t *testing.T) {
	w, n := startReady(t, func(c *Config) { c.Heartbeat, c.DeadAfter = 20*time.Millisecond, time.Second }, instance("A", "1", ""))
	s := n.subscribe(full())
	for {
		m, ok := s.next().(*wire.Heartbeat)
		if ok && (m.Check == nil || m.Count != 1) {
			t.Errorf("got %+v", m)
		}
		if ok && !m.Stale { // as it is unless a beacon takes a second
			break
		}
	}
	// Cut off, the node serves on and says that it may be stale.
	w.close()
	for {
		if m, ok := s.next().(*wire.Heartbeat); ok && m.Stale {
			break
		}
	}
	late := n.subscribe(full())
	late.has("A", "1", "")
}

func TestLimitsOfTheNode(t *testing.T) {
	w, n := startReady(t, func(c *Config) { c.MaxSessions, c.MaxPatterns = 2, 0 }, instance("A", "1", ""))
	_ = w
	first := n.subscribe(app("A"))
	second := n.subscribe()
	response, err := http.Get("http://" + n.Addresses().HTTP + wire.PathSubscriptions)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a third gets %s", response.Status)
	}
	second.send(&wire.Subscribe{Seq: 9, Interests: []interest.Interest{{Kind: interest.ID, Op: interest.Like, Value: "."}}})
	if e, ok := second.next().(*wire.Error); !ok || e.Code != wire.CodeOverloaded || e.Seq != 9 {
		t.Errorf("got %+v", e)
	}
	second.closedWith(wire.CodeOverloaded)
	first.has("A", "1", "")
	http.DefaultClient.CloseIdleConnections()
}

func TestNothingIsLeftOfSessionsThatWent(t *testing.T) {
	_, n := startReady(t, nil, instance("A", "1", ""))
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			s := n.subscribe(app(fmt.Sprint(i % 5)))
			if i%2 == 0 {
				_ = s.conn.CloseNow()
			} else {
				_ = s.conn.Close(websocket.StatusNormalClosure, "")
			}
		})
	}
	all.Wait()
	for {
		var sessions, groups, references int
		if !n.loop.ask(nil, func(c *core) {
			st := c.hub.Stats()
			sessions, groups, references = len(c.sessions), st.Groups, st.References
		}) {
			t.Fatal("the loop has ended")
		}
		if sessions == 0 {
			if groups != 0 || references != 0 {
				t.Errorf("%d groups and %d references are left", groups, references)
			}
			n.eventually(func() bool { return n.sessions.count() == 0 }, "empty house") // they leave last
			return
		}
	}
}
