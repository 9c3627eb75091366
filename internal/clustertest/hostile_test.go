package clustertest

import (
	"fmt"
	"strings"
	"testing"

	"heureka/cluster"
	"heureka/interest"
	"heureka/internal/dev"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/read-node/resume"
	"heureka/wire"
)

// besieged is how many instances there are, but for those that are being replaced.
const besieged = 2000

// siege is a read node that is attacked while others use it.
type siege struct {
	*fleet
	node    *process
	format  wire.Format
	witness *watcher
	seen    func() int // how many puts the witness was told
	report  promise.Report
}

// TestHostileSubscribersHarmNobody attacks a read node's process in every way, in
// both formats, one after the other, while the registry changes: somebody who behaves
// is told of changes while it goes on, who attacks gets its numbered error, and
// nothing is left of it.
func TestHostileSubscribersHarmNobody(t *testing.T) {
	t.Parallel()
	built.of(t, cluster.Read)
	plan, release, err := dev.FreePlan(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	f := launchEach(t, plan.Nodes(), func(dev.Node) place { return loopback{} }, vigilant)
	p := newPacer(f, 400, 20, besieged)
	end := p.begin()
	s := &siege{fleet: f, node: f.reads[0], witness: watch(t, f.reads[0].node.HTTP, full)}
	var d delays
	s.witness.seen(d.put)
	s.seen = d.count
	for _, format := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		for _, attack := range []struct {
			name string
			by   func(*siege, *testing.T)
		}{
			{"reads a byte now and then", (*siege).trickles},
			{"stays in the middle of its request", (*siege).halfRequests},
			{"ends its half of the connection", (*siege).halfCloses},
			{"subscribes without end", (*siege).subscribes},
			{"pings without end", (*siege).pings},
			{"brings tokens that don't count", (*siege).pretends},
			{"brings thousands of patterns", (*siege).matches},
			{"closes in the middle of a snapshot", (*siege).leaves},
		} {
			s.format = format
			held := t.Run(format.Subprotocol()+" "+attack.name, func(t *testing.T) {
				attack.by(s, t)
				s.nothingIsLeft()
			})
			if !held {
				t.FailNow() // what is left of it would be taken for the next one's
			}
		}
	}
	registered := end()
	s.witness.holds(registered)
	s.witness.converged(registered...)
	if err := s.report.Err(); err != nil {
		t.Error(err)
	}
}

// vigilant are the arguments of read nodes that soon give up who doesn't behave, though
// not before the witness is told of changes, on a busy machine too.
func vigilant(n dev.Node) []string {
	if n.Role != cluster.Read {
		return patiently()
	}
	return []string{"--patience", "10s", "--http-header-timeout", "3s", "--close-timeout", "1s",
		"--resume-wait", "50ms", "--max-patterns", "3000"}
}

// meanwhile waits until the witness was told of changes, and judges that the attack
// still goes on then.
func (s *siege) meanwhile(goesOn func() bool) {
	s.t.Helper()
	enough := s.seen() + 40
	s.eventually("the witness to be told of changes", func() error {
		if n := s.seen(); n < enough {
			return fmt.Errorf("%d of %d", n, enough)
		}
		return nil
	})
	promise.Isolation{}.Meanwhile(&s.report, s.witness.name, model.Key{}, goesOn())
}

// nothingIsLeft waits until the node has nobody but the witness.
func (s *siege) nothingIsLeft() {
	s.t.Helper()
	s.eventually("nothing to be left of who attacked", func() error {
		m := s.metrics(s.node)
		for name, want := range map[string]float64{"sessions": 1, "groups": 1, "opening": 0, "patterns": 0, "sessions_stuck": 0, "resumes_waiting": 0} {
			if got := m["heureka_read_"+name]; got != want {
				return fmt.Errorf("%s are %v", name, got)
			}
		}
		return nil
	})
}

func (s *siege) stuck() bool { return s.metrics(s.node)["heureka_read_sessions_stuck"] > 0 }

// trickles reads a byte now and then: too few for its system to ask for more, so that
// none is taken. It is given up, and finds the reason behind the rest.
func (s *siege) trickles(t *testing.T) {
	foe := greet(t, s.node, s.format)
	foe.subscribe("", full)
	one := make([]byte, 1)
	trickle := func() {
		n, err := foe.conn.Read(one)
		if err != nil {
			t.Fatal(err)
		}
		foe.hear(one[:n])
	}
	s.eventually("its frame to be stuck", func() error {
		if trickle(); !s.stuck() {
			return fmt.Errorf("it isn't")
		}
		return nil
	})
	s.meanwhile(func() bool { trickle(); return s.stuck() })
	s.eventually("it to be given up", func() error {
		if trickle(); s.stuck() {
			return fmt.Errorf("it is still stuck")
		}
		return nil
	})
	foe.refused(wire.CodeTooSlow)
}

// halfRequests stays in the middle of a request, twenty times, and in a websocket's
// silence before the hello.
func (s *siege) halfRequests(t *testing.T) {
	var all []*foe
	for range 20 {
		foe := connect(t, s.node, s.format)
		foe.write([]byte("GET " + wire.PathSubscriptions + " HTTP/1.1\r\nHost: node\r\n"))
		all = append(all, foe)
	}
	for _, foe := range all {
		if n, _ := foe.conn.Read(make([]byte, 1)); n > 0 {
			t.Error("half a request is answered")
		}
	}
}

// halfCloses says that it says no more.
func (s *siege) halfCloses(t *testing.T) {
	foe := greet(t, s.node, s.format)
	foe.subscribe("", full)
	if err := foe.conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	for foe.next() != nil {
	}
}

// subscribes changes its interests as fast as it can, and doesn't read.
func (s *siege) subscribes(t *testing.T) {
	foe := greet(t, s.node, s.format)
	flooding := make(chan struct{})
	go func() {
		defer close(flooding)
		for n := 0; foe.subscribe("", interest.Interest{Kind: interest.App, Value: fmt.Sprint("APP-", n%20)}, interest.Interest{Kind: interest.ID, Value: fmt.Sprint(n)}); n++ {
		}
	}()
	s.meanwhile(func() bool { return !ended(flooding) })
	foe.conn.Close()
	<-flooding
}

// pings as fast as it can, and doesn't read.
func (s *siege) pings(t *testing.T) {
	foe := greet(t, s.node, s.format)
	foe.subscribe("", full)
	before := s.memory(s.node)
	flooding := make(chan struct{})
	go func() {
		defer close(flooding)
		for some := frame(pingFrame, []byte(strings.Repeat("p", 125))); foe.write(some); {
		}
	}()
	s.meanwhile(func() bool { return !ended(flooding) })
	promise.Bounds{Session: 32 << 20}.Memory(&s.report, s.node.node.Name, 1, before, s.memory(s.node))
	foe.conn.Close()
	<-flooding
}

// pretends brings tokens that no node has told for these interests.
func (s *siege) pretends(t *testing.T) {
	app, other := interest.Interest{Kind: interest.App, Value: "APP-1"}, interest.Interest{Kind: interest.App, Value: "APP-2"}
	first := greet(t, s.node, s.format)
	first.subscribe("", app)
	token := until[*wire.Synced](first).Token
	first.conn.Close()
	for _, attempt := range []struct{ name, token, refused string }{
		{"none of ours", strings.Repeat("t", 200_000), resume.Malformed},
		{"cut off", token[:len(token)-1], resume.Malformed},
		{"altered in the beginning", altered(token, 0), resume.Malformed},
		{"altered in the middle", altered(token, len(token)/2), resume.Malformed},
		{"altered at the end", altered(token, len(token)-2), resume.Malformed},
		{"another cluster's", forged(t, "another", app), resume.Foreign},
		{"for other interests", forged(t, "heureka", other), resume.OtherInterests},
		{"of a node that never was", forged(t, "heureka", app), resume.Unknown},
	} {
		foe := greet(t, s.node, s.format)
		foe.subscribe(attempt.token, app)
		if m, ok := foe.answer().(*wire.Snapshot); !ok || m.Refused != attempt.refused {
			t.Fatalf("a token %s is answered by %+v", attempt.name, m)
		}
		if m := until[*wire.Synced](foe); m.Count == 0 {
			t.Errorf("after a token %s nothing is told", attempt.name)
		}
		foe.conn.Close()
	}
	foe := greet(t, s.node, s.format)
	foe.subscribe(strings.Repeat("t", 1<<20), app)
	foe.refused(wire.CodeTooLarge)
	s.meanwhile(func() bool { return true })
}

// altered changes one bit of a token: the letters stand for six bits each.
func altered(token string, at int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return token[:at] + string(letters[strings.IndexByte(letters, token[at])^1]) + token[at+1:]
}

// forged returns a token of a write node that never was.
func forged(t *testing.T, name string, in interest.Interest) string {
	t.Helper()
	set, err := interest.NewSet(interest.DefaultLimits(), []interest.Interest{in})
	if err != nil {
		t.Fatal(err)
	}
	return resume.NewIssuer(name).Token(position{model.Incarnation{Name: "write-9", ID: [16]byte{9}}: 7}, set)
}

// position is a node that has come so far.
type position model.Vector

func (p position) Position() (model.Vector, bool) { return model.Vector(p), true }
func (p position) Vector() model.Vector           { return model.Vector(p) }

// matches brings a thousand patterns at a time: three such subscribers are all that
// the node has room for.
func (s *siege) matches(t *testing.T) {
	patterns := func(foe, n int) (all []interest.Interest) {
		for i := range n {
			all = append(all, interest.Interest{Kind: interest.VIP, Op: interest.Like, Value: fmt.Sprintf("vip-%d|nobody-%d.*", i, foe)})
		}
		return all
	}
	var all []*foe
	for n := range 3 {
		foe := greet(t, s.node, s.format)
		foe.subscribe("", patterns(n, 1000)...)
		if m := until[*wire.Synced](foe); m.Count > besieged || m.Count < besieged-pacers {
			t.Errorf("a thousand patterns match %d instances of %d", m.Count, besieged)
		}
		all = append(all, foe)
	}
	s.meanwhile(func() bool { return s.metrics(s.node)["heureka_read_patterns"] == 3000 })
	late := greet(t, s.node, s.format)
	late.subscribe("", patterns(3, 1001)...)
	late.refused(wire.CodeTooManyInterests)
	late.subscribe("", patterns(3, 1000)...)
	late.refused(wire.CodeOverloaded)
	for _, foe := range all {
		foe.conn.Close()
	}
}

// leaves closes its connection, with and without a word, behind a snapshot's first
// bytes.
func (s *siege) leaves(t *testing.T) {
	for n := range 40 {
		foe := greet(t, s.node, s.format)
		foe.subscribe("", full)
		if _, err := foe.conn.Read(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		if n%2 == 0 {
			foe.write(frame(0x88, nil))
		}
		if n%4 < 2 {
			if err := foe.conn.SetLinger(0); err != nil { // a reset instead of an end
				t.Fatal(err)
			}
		}
		foe.conn.Close()
	}
	s.meanwhile(func() bool { return true })
}

// ended reports whether a channel is closed.
func ended(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// count returns how many were gathered since the last time.
func (d *delays) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.took)
}
