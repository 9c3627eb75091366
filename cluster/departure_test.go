package cluster

import (
	"math/rand/v2"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
)

const departure = 10 * time.Minute

// departing is a pair whose incarnations leave after ten minutes, and which holds
// an instance of c, who is dead, and of d, who died and bears nothing.
func departing(t *testing.T) (p *pair, c, d model.Incarnation) {
	config := DefaultConfig()
	config.Departure, config.Tombstones = departure, time.Minute
	p = &pair{a: newReplica(config, "a", Write), b: newReplica(config, "b", Write)}
	c, d = incarnation("c", 1), incarnation("d", 1)
	p.run(3 * time.Second)
	for _, delta := range []*Delta{of(c, 1, "one"), of(d, 1, "two"), ofOther(d, 2, "two")} {
		p.a.Receive(at(p.now), delta)
		p.b.Receive(at(p.now), delta)
	}
	p.settle()
	for _, r := range []*Replica{p.a, p.b} {
		if r.Map().Live() != 1 || r.Map().Tombstones() != 1 {
			t.Fatalf("%d live, %d tombstones", r.Map().Live(), r.Map().Tombstones())
		}
	}
	return p, c, d
}

// of is the seq-th delta of an incarnation: an instance.
func of(inc model.Incarnation, seq uint64, id string) *Delta {
	in := (&model.Instance{App: "APP", ID: id, Status: model.StatusUp}).Canonical()
	return &Delta{registry.Delta{Incarnation: inc, From: seq - 1, To: seq, Entries: []*registry.Entry{{
		Key: in.Key(), Version: model.Version{Time: model.Time(seq), Incarnation: inc},
		Dot: model.Dot{Incarnation: inc, Seq: seq}, Instance: model.Pack(in), Hash: in.Hash(),
	}}}}
}

// ofOther is the seq-th delta of an incarnation: the end of what its last one put.
func ofOther(inc model.Incarnation, seq uint64, id string) *Delta {
	d := of(inc, seq, id)
	d.Entries[0].Instance, d.Entries[0].Hash, d.Entries[0].Removed = model.Packed{}, 0, true
	d.Entries[0].Version = model.Version{Time: model.Time(seq - 1), Turn: model.TurnEnd, Incarnation: inc}
	return d
}

func has(r *Replica, inc model.Incarnation) bool {
	_, has := r.Map().Vector()[inc]
	return has
}

func TestAnIncarnationThatBearsNothingLeaves(t *testing.T) {
	p, c, d := departing(t)
	e := put(p.a, p.now, "mine") // and a, which lives, will bear nothing either
	p.a.Entomb(at(p.now), e.Key, model.Version{Time: e.Version.Time, Turn: model.TurnEnd, Incarnation: p.a.Self()}, model.Speaker{})
	p.run(departure)
	if !has(p.a, d) || !has(p.b, d) {
		t.Error("left before its tombstone was forgotten and its time had come")
	}
	p.run(2 * time.Minute)
	for _, r := range []*Replica{p.a, p.b} {
		if has(r, d) || r.Map().Horizon()[d] != 0 {
			t.Errorf("%s still has %v", r.Self().Name, d)
		}
		if !has(r, c) || !has(r, p.a.Self()) || r.Behind(p.now) {
			t.Errorf("%s has let go somebody else: %v", r.Self().Name, r.Map().Vector())
		}
	}
	if s := p.a.Stats(); s.PullsWhole+p.b.Stats().PullsWhole > 0 {
		t.Errorf("somebody asked for the whole map")
	}
}

// While a node restarts more often than an incarnation takes to leave, the others
// remember how long that has been quiet.
func TestQuietTimeOutlivesRestarts(t *testing.T) {
	p, _, d := departing(t)
	p.run(2 * time.Minute)
	run := byte(1)
	for range 4 { // each lives for three minutes, and they take turns
		run++
		p.a = New(p.a.config, incarnation("a", run), Write, "a:80", rand.New(rand.NewPCG(1, 1)))
		p.run(90 * time.Second)
		p.b = New(p.b.config, incarnation("b", run), Write, "b:80", rand.New(rand.NewPCG(1, 1)))
		p.run(90 * time.Second)
	}
	if has(p.a, d) || has(p.b, d) {
		t.Errorf("%v is there after %v: %v", d, p.now, p.a.Map().Vector())
	}
}

// A node that starts with what it had stored doesn't keep whom the others have let
// go until its next look.
func TestWhoHasDepartedElsewhereLeavesAtOnce(t *testing.T) {
	p, _, d := departing(t)
	p.run(departure + 2*time.Minute)
	p.b = New(p.b.config, incarnation("b", 2), Write, "b:80", rand.New(rand.NewPCG(1, 1)))
	p.b.Restore(nil, model.Vector{d: 2}, model.Vector{d: 2}, at(p.now))
	p.b.Tick(at(p.now))
	if !has(p.b, d) {
		t.Fatal("nothing was restored")
	}
	p.b.departures.next = p.now + time.Hour
	p.run(2 * time.Second)
	if has(p.b, d) {
		t.Error("it is still there")
	}
}

func TestWhoHasDepartedIsIgnoredUntilHeard(t *testing.T) {
	p, _, d := departing(t)
	p.run(departure + 2*time.Minute)
	// A node that was cut off still has what d once put, and nothing of its end.
	late := beacon(incarnation("e", 1), Read, 1, true)
	late.Vector[d] = 1
	p.a.Receive(at(p.now), late)
	p.a.Receive(at(p.now), of(d, 1, "two"))
	p.run(time.Second)
	if p.a.Behind(p.now) || has(p.a, d) || p.a.Map().Live() != 1 {
		t.Errorf("it is listened to: behind %v, %v", p.a.Behind(p.now), p.a.Map().Vector())
	}
	// The incarnation itself was only cut off.
	alive := beacon(d, Write, 1, true)
	alive.Vector[d] = 3
	p.a.Receive(at(p.now), alive)
	p.run(time.Second)
	if !p.a.Behind(p.now) {
		t.Error("it is back, and isn't listened to")
	}
}

func TestAnAnswersDepartedEntriesAreLeftOut(t *testing.T) {
	p, _, d := departing(t)
	p.run(departure + 2*time.Minute)
	answer := &registry.Answer{Vector: model.Vector{d: 1}, Horizon: model.Vector{}, Entries: of(d, 1, "two").Entries}
	p.a.departures.stripAnswer(answer)
	if len(answer.Entries) != 0 || len(answer.Vector) != 0 {
		t.Errorf("left are %v", answer)
	}
}

// A node that still has an entry of one who has departed, and no other of that key,
// doesn't thereby say that what others hold has ended.
func TestADepartedEntryEndsNothing(t *testing.T) {
	p, c, d := departing(t)
	p.run(departure + 2*time.Minute)
	held := p.a.Map().Get(model.NewKey("APP", "one"))
	answer := &registry.Answer{
		Whole: true, Vector: model.Vector{c: 1, d: 5}, Horizon: model.Vector{d: 4}, Entries: of(d, 5, "one").Entries,
	}
	p.a.departures.stripAnswer(answer)
	p.a.registry.Adopt(answer, p.now)
	if now := p.a.Map().Get(held.Key); now != held || has(p.a, d) {
		t.Errorf("held is %v, and was %v", now, held)
	}
}

func TestTooManyIncarnationsLeaveBeforeTheirTime(t *testing.T) {
	config := DefaultConfig()
	config.MaxIncarnations = 3
	m := registry.NewMap()
	d := newDepartures(config, m)
	nobody := func(model.Incarnation) bool { return false }
	for i := range byte(5) {
		inc := incarnation("n", i+1)
		m.Apply(&of(inc, 1, "x").Delta, 0)
		m.Apply(&ofOther(inc, 2, "x").Delta, 0)
		m.Forget(time.Duration(i)*time.Hour + 1)
		d.look(nobody, time.Duration(i+1)*time.Hour)
	}
	if len(m.Vector()) != 3 {
		t.Fatalf("%d incarnations, 3 are allowed", len(m.Vector()))
	}
	for _, inc := range []model.Incarnation{incarnation("n", 1), incarnation("n", 2)} {
		if _, has := m.Vector()[inc]; has {
			t.Errorf("%v has been quiet the longest and is still there", inc)
		}
	}
	for i := range byte(20) {
		inc := incarnation("n", i+10)
		m.Apply(&of(inc, 1, "x").Delta, 0)
		m.Apply(&ofOther(inc, 2, "x").Delta, 0)
		m.Forget(time.Duration(i+10)*time.Hour + 1)
		d.look(nobody, time.Duration(i+11)*time.Hour)
	}
	if now := 30 * time.Hour; len(d.departed) != 3 || len(d.ages(now)) > 6 || !d.gone(incarnation("n", 26)) {
		t.Errorf("%d are remembered, and 3 are allowed; beacons tell of %d", len(d.departed), len(d.ages(now)))
	}
}

// A node that was away for longer than departures take brings back what those who
// have departed owned: where nobody else knows of them, nobody else is their heir.
func TestWhatOfTheDepartedComesBackIsTakenOver(t *testing.T) {
	p, _, _ := departing(t)
	var dead []model.Incarnation
	var stored []*registry.Entry
	vector := p.b.Map().Vector().Clone()
	for i := range byte(8) {
		inc := incarnation("a", 100+i) // whose heir is a, of all who know of it
		for seq, delta := range []*Delta{of(inc, 1, inc.String()), ofOther(inc, 2, inc.String())} {
			p.a.Receive(at(p.now), delta)
			if seq == 0 {
				stored, vector[inc] = append(stored, delta.Entries...), 1
			}
		}
		dead = append(dead, inc)
	}
	p.settle()
	config := p.b.config
	p.b = New(config, incarnation("other", 1), Write, "b:80", rand.New(rand.NewPCG(1, 1)))
	p.run(departure + 3*time.Minute)
	for _, inc := range dead {
		if has(p.a, inc) {
			t.Fatalf("%v hasn't departed", inc)
		}
	}

	p.b = New(config, incarnation("b", 2), Write, "b:80", rand.New(rand.NewPCG(1, 1)))
	p.b.Restore(stored, vector, model.Vector{}, at(p.now))
	takenOver := make(map[model.Incarnation]bool)
	for end := p.now + 30*time.Second; p.now < end; {
		p.now += 100 * time.Millisecond
		p.a.Tick(at(p.now))
		p.b.Tick(at(p.now))
		for _, inc := range p.b.effects.TakeOver {
			takenOver[inc] = true
		}
		p.settle()
	}
	for _, inc := range dead {
		if p.b.Map().Owned(inc) > 0 && !takenOver[inc] {
			t.Errorf("nobody takes over what %v owned", inc)
		}
	}
	if len(takenOver) == 0 {
		t.Error("nothing has come back")
	}
}

// The operator has ended the override, and everybody has forgotten it together with
// who had taken it: all but the one who was away.
func TestAnOverrideOfTheDepartedEnds(t *testing.T) {
	p, _, d := departing(t)
	e := put(p.a, p.now, "mine")
	p.run(departure + 2*time.Minute)
	if has(p.a, d) {
		t.Fatal("d hasn't departed")
	}
	overridden := &registry.Entry{
		Key: e.Key, Override: true, Version: model.Version{Time: 1, Incarnation: d},
		Dot: model.Dot{Incarnation: d, Seq: 1}, Status: model.StatusOutOfService,
	}
	p.b = New(p.b.config, incarnation("b", 2), Write, "b:80", rand.New(rand.NewPCG(1, 1)))
	p.b.Restore([]*registry.Entry{overridden}, model.Vector{d: 1}, model.Vector{}, at(p.now))
	p.run(30 * time.Second)
	if p.a.Map().Overridden()+p.b.Map().Overridden() > 0 || p.a.Map().Digest() != p.b.Map().Digest() {
		t.Errorf("%d and %d are overridden", p.a.Map().Overridden(), p.b.Map().Overridden())
	}
}

// Who took an override and died a moment ago has been let go by nobody, whatever one
// says who was cut off.
func TestAnOverrideStaysWhileAnyoneKnowsWhoTookIt(t *testing.T) {
	ms := newMembers(DefaultConfig(), incarnation("a", 1), Write)
	d := incarnation("d", 1)
	late, knows := beacon(incarnation("b", 1), Write, 1, true), knowing(d, incarnation("c", 1))
	late.Quiet = map[model.Incarnation]time.Duration{d: 2 * ms.config.Departure}
	none := ms.letGo(d, 0)
	ms.observe(late, 0)
	alone := ms.letGo(d, 0)
	ms.observe(knows, 0)
	if err := expect(!none, alone, !ms.letGo(d, 0)); err != nil {
		t.Error(err)
	}
}
