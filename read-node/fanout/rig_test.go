package fanout_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/wire"

	"github.com/google/uuid"
)

// rig drives a hub and keeps, beside it, the view and what every subscriber
// holds, in the plainest way.
type rig struct {
	t      testing.TB
	config fanout.Config
	hub    *fanout.Hub
	view   map[model.Key]*model.Instance
	number uint64
	report promise.Report
	subs   map[fanout.SessionID]*sub
	order  []fanout.SessionID
	known  fanout.Verdicts // for the next Subscribe
}

// sub is one subscriber.
type sub struct {
	judge    *promise.Session
	sending  bool
	waiting  []asked      // Subscribes not answered, oldest first
	answered bool         // at least one
	set      interest.Set // of the last one answered
	heard    []string     // the lines of the last frame, in short
}

// asked is a Subscribe on its way.
type asked struct {
	seq uint64
	set interest.Set
}

func newRig(t testing.TB, config fanout.Config) *rig {
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	return &rig{
		t: t, config: config, hub: fanout.New(config, interest.DefaultLimits()),
		view: make(map[model.Key]*model.Instance), subs: make(map[fanout.SessionID]*sub),
	}
}

func set(t testing.TB, interests ...interest.Interest) interest.Set {
	t.Helper()
	s, err := interest.NewSet(interest.DefaultLimits(), interests)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func app(name string) interest.Interest { return interest.Interest{Kind: interest.App, Value: name} }
func vip(name string) interest.Interest { return interest.Interest{Kind: interest.VIP, Value: name} }
func full() interest.Interest           { return interest.Interest{Kind: interest.Full} }

func instance(app, id, vip string) *model.Instance {
	return (&model.Instance{App: app, ID: id, VIP: vip, Status: model.StatusUp}).Canonical()
}

func (r *rig) version() model.Version {
	return model.Version{Time: model.Time(r.number << model.TimeNodeBits), Incarnation: model.Incarnation{Name: "w1", ID: uuid.UUID{1}}}
}

func (r *rig) put(in *model.Instance) {
	r.number++
	key := in.Key()
	r.hub.Apply(model.Change{
		Number: r.number, Kind: model.Put, Key: key, Before: r.view[key], After: in,
		Version: r.version(), Hash: in.Hash(),
	})
	r.view[key] = in
}

func (r *rig) remove(key model.Key) {
	before := r.view[key]
	if before == nil {
		return
	}
	r.number++
	r.hub.Apply(model.Change{Number: r.number, Kind: model.Remove, Key: key, Before: before, Version: r.version()})
	delete(r.view, key)
}

func (r *rig) open(id fanout.SessionID) {
	r.hub.Open(id)
	r.subs[id] = &sub{judge: promise.NewSession(fmt.Sprintf("session %d", id), &r.report)}
	r.order = append(r.order, id)
}

func (r *rig) close(id fanout.SessionID) {
	r.hub.Close(id)
	delete(r.subs, id)
	r.order = slices.DeleteFunc(r.order, func(other fanout.SessionID) bool { return other == id })
}

func (r *rig) subscribe(id fanout.SessionID, seq uint64, s interest.Set) {
	r.t.Helper()
	if err := r.hub.Subscribe(id, seq, s, r.known); err != nil {
		r.t.Fatal(err)
	}
	r.subs[id].judge.Subscribed(seq, s.Match)
	r.subs[id].waiting = append(r.subs[id].waiting, asked{seq, s})
}

func (r *rig) written(id fanout.SessionID) {
	if s := r.subs[id]; s.sending {
		s.sending = false
		r.hub.Written(id)
	}
}

// deliver takes what the hub has to say, obeys it and judges it.
func (r *rig) deliver() {
	r.t.Helper()
	for _, d := range r.hub.Deliveries() {
		s := r.subs[d.Session]
		if s == nil {
			r.t.Fatalf("a frame for session %d, which is closed", d.Session)
		}
		if s.sending {
			r.t.Fatalf("a second frame for session %d before Written", d.Session)
		}
		s.sending = true
		lines := bytes.SplitAfter(bytes.TrimSuffix(d.Frame, []byte("\n")), []byte("\n"))
		if len(d.Frame) > r.config.MaxFrame && len(lines) > 2 {
			r.t.Fatalf("a frame of %d bytes in %d lines, %d bytes are allowed", len(d.Frame), len(lines), r.config.MaxFrame)
		}
		s.heard = nil
		for i, line := range lines {
			m, err := wire.DecodeJSON(bytes.TrimSuffix(line, []byte("\n")))
			if err != nil {
				r.t.Fatalf("line %q: %v", line, err)
			}
			s.judge.Receive(m)
			s.heard = append(s.heard, short(m))
			r.checkAtHead(d.Session, s, m, i == len(lines)-1)
		}
	}
	if err := r.report.Err(); err != nil {
		r.t.Fatal(err)
	}
}

// checkAtHead compares what the subscriber holds with the view, whenever the hub
// says that it has told everything.
func (r *rig) checkAtHead(id fanout.SessionID, s *sub, m wire.Message, last bool) {
	r.t.Helper()
	switch m := m.(type) {
	case *wire.Synced:
		at := slices.IndexFunc(s.waiting, func(a asked) bool { return a.seq == m.Seq })
		if at >= 0 {
			s.answered, s.set, s.waiting = true, s.waiting[at].set, s.waiting[at+1:]
		}
	case *wire.Heartbeat:
		if (m.Check != nil) != s.answered {
			r.t.Fatalf("session %d: heartbeat with check %v under %q", id, m.Check, s.set)
		}
	default:
		return
	}
	if !last {
		r.t.Fatalf("session %d: more lines after %s", id, m.Type())
	}
	if len(s.waiting) > 0 {
		r.t.Fatalf("session %d: at the head, %d Subscribes aren't answered", id, len(s.waiting))
	}
	r.checkHolds(id, s)
}

// checkHolds recomputes what the subscriber must hold from the whole view.
func (r *rig) checkHolds(id fanout.SessionID, s *sub) {
	r.t.Helper()
	want := 0
	for key, in := range r.view {
		if !s.set.Match(in) {
			continue
		}
		want++
		held, ok := s.judge.Get(key)
		if !ok {
			r.t.Fatalf("session %d under %q: misses %s", id, s.set, key)
		}
		if !held.Instance.Equal(in) {
			r.t.Fatalf("session %d under %q: holds an old %s", id, s.set, key)
		}
	}
	if s.judge.Len() != want {
		r.t.Fatalf("session %d under %q: holds %d instances, the view has %d", id, s.set, s.judge.Len(), want)
	}
}

// settle lets all frames leave until nobody has anything to hear.
func (r *rig) settle() {
	r.t.Helper()
	for range 10_000 {
		r.deliver()
		busy := false
		for _, id := range r.order {
			busy = busy || r.subs[id].sending
			r.written(id)
		}
		if !busy {
			return
		}
	}
	r.t.Fatal("the hub never has nothing to say")
}

// hears lets all frames leave and compares what one session is told meanwhile,
// in short form.
func (r *rig) hears(id fanout.SessionID, want ...string) {
	r.t.Helper()
	var got []string
	for range 100 {
		r.deliver()
		if !r.subs[id].sending {
			break
		}
		got = append(got, r.subs[id].heard...)
		for _, other := range r.order {
			r.written(other)
		}
	}
	if !slices.Equal(got, want) {
		r.t.Errorf("session %d hears\n\t%q, wanted\n\t%q", id, got, want)
	}
}

// short is a message in few characters.
func short(m wire.Message) string {
	switch m := m.(type) {
	case *wire.Snapshot:
		return fmt.Sprintf("snapshot %d", m.Seq)
	case *wire.Put:
		return "+" + m.Instance.Key().String()
	case *wire.Remove:
		return "-" + m.Key().String()
	case *wire.Synced:
		if m.Stale {
			return fmt.Sprintf("synced %d with %d, stale", m.Seq, m.Count)
		}
		return fmt.Sprintf("synced %d with %d", m.Seq, m.Count)
	case *wire.Heartbeat:
		text := "heartbeat"
		if m.Check != nil {
			text += fmt.Sprintf(" with %d", m.Count)
		}
		if m.Stale {
			text += ", stale"
		}
		return text
	default:
		return m.Type()
	}
}
