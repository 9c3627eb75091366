package fanout_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

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
	t       testing.TB
	config  fanout.Config
	hub     *fanout.Hub
	view    map[model.Key]*model.Instance
	changed map[model.Key]uint64 // number of the last change, of what is gone too
	number  uint64
	now     time.Duration
	report  promise.Report
	subs    map[fanout.SessionID]*sub
	order   []fanout.SessionID
	known   fanout.Verdicts // for the next Subscribe
	format  wire.Format     // of the next session
	ended   []fanout.SessionID
}

// sub is one subscriber.
type sub struct {
	judge    *promise.Session
	format   wire.Format
	sending  bool
	waiting  []asked         // Subscribes not answered, oldest first
	answered bool            // at least one
	current  bool            // nothing is owed: no answer, no rest of a snapshot
	set      interest.Set    // of the last one answered
	memory   *promise.Memory // of its last token, nil: none
	pace     time.Duration
	last     time.Duration // of its last frame
	beats    int           // times that it was told count and digest
	heard    []string      // the lines of the last frame, in short
}

// asked is a Subscribe on its way.
type asked struct {
	seq     uint64
	set     interest.Set
	refused string
}

func newRig(t testing.TB, config fanout.Config) *rig {
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	r := &rig{
		t: t, config: config, view: make(map[model.Key]*model.Instance), changed: make(map[model.Key]uint64),
		subs: make(map[fanout.SessionID]*sub),
	}
	r.hub = fanout.New(config, interest.DefaultLimits(), r.token)
	return r
}

// token says the number of the last change, and the set.
func (r *rig) token(s interest.Set) string { return fmt.Sprintf("%d of %s", r.number, s) }

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

func like(kind interest.Kind, pattern string) interest.Interest {
	return interest.Interest{Kind: kind, Op: interest.Like, Value: pattern}
}

func instance(app, id, vip string) *model.Instance {
	return (&model.Instance{App: app, ID: id, VIP: vip, Status: model.StatusUp}).Canonical()
}

func (r *rig) version() model.Version {
	return model.Version{
		Time:        model.Time(r.number << model.TimeNodeBits),
		Incarnation: model.Incarnation{Name: "w1", ID: uuid.UUID{byte(r.number % 3)}},
	}
}

func (r *rig) put(in *model.Instance) {
	r.number++
	key := in.Key()
	r.hub.Apply(model.Change{
		Number: r.number, Kind: model.Put, Key: key, Before: model.Pack(r.view[key]), After: model.Pack(in),
		Version: r.version(), Hash: in.Hash(),
	})
	r.view[key] = in
	r.changed[key] = r.number
}

func (r *rig) remove(key model.Key) {
	before := r.view[key]
	if before == nil {
		return
	}
	r.number++
	r.hub.Apply(model.Change{Number: r.number, Kind: model.Remove, Key: key, Before: model.Pack(before), Version: r.version()})
	delete(r.view, key)
	r.changed[key] = r.number
}

func (r *rig) open(id fanout.SessionID) {
	r.hub.Open(id, r.format)
	r.subs[id] = &sub{judge: promise.NewSession(fmt.Sprintf("session %d", id), &r.report), format: r.format, last: -time.Hour}
	r.order = append(r.order, id)
}

func (r *rig) close(id fanout.SessionID) {
	r.hub.Close(id)
	r.forget(id)
}

func (r *rig) forget(id fanout.SessionID) {
	delete(r.subs, id)
	r.order = slices.DeleteFunc(r.order, func(other fanout.SessionID) bool { return other == id })
}

func (r *rig) subscribe(id fanout.SessionID, seq uint64, s interest.Set) {
	r.t.Helper()
	if err := r.trySubscribe(id, fanout.Subscription{Seq: seq, Set: s}); err != nil {
		r.t.Fatal(err)
	}
}

// trySubscribe surveys the set if nobody has.
func (r *rig) trySubscribe(id fanout.SessionID, sub fanout.Subscription) error {
	sub.Known = r.known
	err := r.hub.Subscribe(id, sub)
	if err == fanout.ErrUnsurveyed {
		sub.Known, _ = r.hub.Survey(sub.Set).Match(func() bool { return false })
		err = r.hub.Subscribe(id, sub)
	}
	if err != nil {
		return err
	}
	s := r.subs[id]
	s.judge.Subscribed(sub.Seq, sub.Set.Match)
	a := asked{seq: sub.Seq, set: sub.Set}
	if sub.Resume != nil {
		a.refused = sub.Resume.Refused
	}
	s.waiting, s.current = append(s.waiting, a), false
	s.pace = min(sub.Pace, r.config.MaxPace)
	return nil
}

// resume opens a session for a subscriber that was another before, and has its
// token, and subscribes to the same.
func (r *rig) resume(id fanout.SessionID, seq uint64, before *sub, pace time.Duration) error {
	r.t.Helper()
	r.open(id)
	r.subs[id].judge.Resumes(seq, before.memory)
	var number uint64
	if _, err := fmt.Sscan(before.memory.Token, &number); err != nil {
		r.t.Fatal(err)
	}
	return r.trySubscribe(id, fanout.Subscription{
		Seq: seq, Set: before.set, Pace: pace, Resume: &fanout.Resume{Missed: r.missed(number)},
	})
}

// missed returns what changed after a number.
func (r *rig) missed(number uint64) []model.Key {
	var keys []model.Key
	for key, at := range r.changed {
		if at > number {
			keys = append(keys, key)
		}
	}
	return keys
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
	for _, d := range r.hub.Deliveries(r.now) {
		s := r.subs[d.Session]
		if s == nil {
			r.t.Fatalf("a frame for session %d, which is closed", d.Session)
		}
		if d.Err != nil {
			r.ended = append(r.ended, d.Session)
			r.forget(d.Session)
			continue
		}
		r.receive(d.Session, s, d.Frame)
	}
	if err := r.report.Err(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) receive(id fanout.SessionID, s *sub, frame []byte) {
	r.t.Helper()
	if s.sending {
		r.t.Fatalf("a second frame for session %d before Written", id)
	}
	if s.current && r.now < s.last+s.pace {
		r.t.Fatalf("session %d, paced %v, gets a frame after %v", id, s.pace, r.now-s.last)
	}
	s.sending, s.last = true, r.now
	messages := r.decode(s.format, frame)
	if len(frame) > r.config.MaxFrame+r.config.Headroom && len(messages) > 1 {
		r.t.Fatalf("a frame of %d bytes with %d messages, %d bytes are allowed", len(frame), len(messages), r.config.MaxFrame)
	}
	s.heard = nil
	said := make(map[model.Key]bool)
	for i, m := range messages {
		s.judge.Receive(m)
		s.heard = append(s.heard, short(m))
		if key, ok := about(m); ok && len(s.waiting) < 2 && !s.answered {
			if said[key] {
				r.t.Fatalf("session %d: %s is said twice in %q", id, key, s.heard)
			}
			said[key] = true
		}
		r.checkAtHead(id, s, m, i == len(messages)-1)
	}
}

func (r *rig) decode(format wire.Format, frame []byte) []wire.Message {
	r.t.Helper()
	if r.config.Seal != nil {
		frame = r.unsealed(frame)
	}
	var out []wire.Message
	for m, err := range format.Messages(frame) {
		if err != nil {
			r.t.Fatalf("frame %q: %v", frame, err)
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		r.t.Fatal("an empty frame")
	}
	return out
}

// unsealed returns what is in a websocket frame, and checks that its header says so.
func (r *rig) unsealed(frame []byte) []byte {
	r.t.Helper()
	header := 2
	switch frame[1] {
	case 126:
		header = 4
	case 127:
		header = 10
	}
	again := wire.SealFrame(wire.Format(frame[0]&3-1), append(make([]byte, wire.FrameHeadroom), frame[header:]...))
	if !bytes.Equal(again, frame) {
		r.t.Fatalf("a frame with the header %x and %d bytes", frame[:header], len(frame)-header)
	}
	return frame[header:]
}

// about returns the key of what tells of an instance.
func about(m wire.Message) (model.Key, bool) {
	switch m := m.(type) {
	case *wire.Put:
		return m.Instance.Key(), true
	case *wire.Remove:
		return m.Key(), true
	default:
		return model.Key{}, false
	}
}

// checkAtHead compares what the subscriber holds with the view, whenever the hub
// says that it has told everything.
func (r *rig) checkAtHead(id fanout.SessionID, s *sub, m wire.Message, last bool) {
	r.t.Helper()
	token := ""
	switch m := m.(type) {
	case *wire.Snapshot:
		s.current = false
		if at := s.asked(m.Seq); at >= 0 && s.waiting[at].refused != m.Refused {
			r.t.Fatalf("session %d: snapshot says %q, wanted %q", id, m.Refused, s.waiting[at].refused)
		}
		return
	case *wire.Synced:
		if at := s.asked(m.Seq); at >= 0 {
			s.answered, s.set, s.waiting = true, s.waiting[at].set, s.waiting[at+1:]
		}
		s.current = true
		token = m.Token
	case *wire.Heartbeat:
		if (m.Check != nil) != s.answered {
			r.t.Fatalf("session %d: heartbeat with check %v under %q", id, m.Check, s.set)
		}
		if token = m.Token; m.Check == nil && token == "" {
			token = r.token(s.set)
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
	if token != r.token(s.set) {
		r.t.Fatalf("session %d: token %q at %q", id, token, r.token(s.set))
	}
	if s.answered {
		s.memory = s.judge.Remember(token)
	}
	s.beats++
	r.checkHolds(id, s)
}

func (s *sub) asked(seq uint64) int {
	return slices.IndexFunc(s.waiting, func(a asked) bool { return a.seq == seq })
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
			due, waits := r.hub.Due()
			if !waits {
				return
			}
			r.now = max(r.now, due)
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
		if m.Refused != "" {
			return fmt.Sprintf("snapshot %d, %s", m.Seq, m.Refused)
		}
		return fmt.Sprintf("snapshot %d", m.Seq)
	case *wire.Resumed:
		return fmt.Sprintf("resumed %d", m.Seq)
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
