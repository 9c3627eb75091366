package cluster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"

	"github.com/google/uuid"
)

func incarnation(name string, run byte) model.Incarnation {
	return model.Incarnation{Name: name, ID: uuid.UUID{15: run}}
}

func at(d time.Duration) model.Moment { return model.Moment{Mono: d, Wall: d.Microseconds()} }

func newReplica(config Config, name string, role Role) *Replica {
	return New(config, incarnation(name, 1), role, name+":80", rand.New(rand.NewPCG(1, 1)))
}

// put authors a first word at a replica.
func put(r *Replica, now time.Duration, id string) *registry.Entry {
	in := (&model.Instance{App: "APP", ID: id, Status: model.StatusUp}).Canonical()
	return r.Put(at(now), in.Key(), model.Pack(in), in.Hash(), model.Version{Time: r.Draw(at(now), 0), Incarnation: r.Self()}, model.Speaker{})
}

// beacon returns a beacon of an incarnation that holds nothing.
func beacon(from model.Incarnation, role Role, tick uint64, ready bool) *Beacon {
	return &Beacon{From: from, Role: role, Tick: tick, Ready: ready, Vector: model.Vector{}, Heard: map[model.Incarnation]uint64{}}
}

// knowing returns a beacon of a write node that has merged something of another.
func knowing(of, from model.Incarnation) *Beacon {
	b := beacon(from, Write, 1, true)
	b.Vector[of] = 1
	return b
}

// only returns the messages of one type.
func only[T Message](out []Outgoing) []T {
	var found []T
	for _, o := range out {
		if m, ok := o.Message.(T); ok {
			found = append(found, m)
		}
	}
	return found
}

func TestMembers(t *testing.T) {
	config := DefaultConfig()
	config.Size = 3
	self, b, c := incarnation("a", 1), incarnation("b", 1), incarnation("c", 1)
	tests := []struct {
		rule string
		run  func(ms *members) error
	}{
		{"a node that is silent is dead after a while", func(ms *members) error {
			ms.observe(beacon(b, Write, 1, true), time.Second)
			return expect(!ms.dead(ms.known[b], 11*time.Second), ms.dead(ms.known[b], 11*time.Second+1))
		}},
		{"a node that others hear isn't dead, though it isn't heard", func(ms *members) error {
			ms.observe(beacon(b, Write, 1, true), time.Second)
			relay := beacon(c, Write, 1, true)
			relay.Heard[b] = 5
			ms.observe(relay, 9*time.Second)
			return expect(!ms.dead(ms.known[b], 15*time.Second), !ms.heard(ms.known[b], 15*time.Second))
		}},
		{"an old tick that is told again keeps nobody alive", func(ms *members) error {
			ms.observe(beacon(b, Write, 5, true), time.Second)
			relay := beacon(c, Write, 1, true)
			relay.Heard[b] = 5
			ms.observe(relay, 10*time.Second)
			return expect(ms.dead(ms.known[b], 12*time.Second))
		}},
		{"the dead aren't told of", func(ms *members) error {
			ms.observe(beacon(b, Write, 5, true), time.Second)
			return expect(ms.ticks(2 * time.Second)[b] == 5, len(ms.ticks(20*time.Second)) == 0)
		}},
		{"one that says it leaves is dead at once", func(ms *members) error {
			last := beacon(b, Write, 5, true)
			last.Leaving = true
			ms.observe(last, time.Second)
			return expect(ms.dead(ms.known[b], time.Second), !ms.heard(ms.known[b], time.Second))
		}},
		{"an older beacon is refused", func(ms *members) error {
			return expect(ms.observe(beacon(b, Write, 5, true), 1), !ms.observe(beacon(b, Write, 4, true), 2), !ms.observe(beacon(b, Write, 5, true), 2))
		}},
		{"a former self that nobody hears directly is dead at once", func(ms *members) error {
			former := incarnation("a", 9)
			relay := beacon(c, Write, 1, true)
			relay.Heard[former] = 5
			ms.observe(relay, time.Second)
			return expect(ms.dead(ms.known[former], time.Second))
		}},
		{"half of three nodes is two, itself counted", func(ms *members) error {
			alone := ms.half(0)
			ms.observe(beacon(b, Write, 1, true), 0)
			return expect(!alone, ms.half(0), !ms.half(time.Minute))
		}},
		{"read nodes don't count for the half", func(ms *members) error {
			ms.observe(beacon(b, Read, 1, true), 0)
			return expect(!ms.half(0))
		}},
		{"a former run and its successor are one node", func(ms *members) error {
			ms.config.Size = 1
			for run := range byte(5) {
				ms.observe(beacon(incarnation("b", run+1), Write, 1, true), time.Duration(run)*time.Minute)
			}
			return expect(ms.half(4 * time.Minute))
		}},
		{"the heir of a dead node is its next run", func(ms *members) error {
			next := incarnation("b", 2)
			ms.observe(knowing(b, next), 0)
			ms.observe(knowing(b, c), 0)
			return expect(ms.heir(b, true, 0) == next)
		}},
		{"one that knows nothing of a dead node inherits nothing", func(ms *members) error {
			ms.observe(beacon(incarnation("b", 2), Write, 1, true), 0)
			return expect(ms.heir(b, true, 0) == self)
		}},
		{"one that isn't ready inherits nothing", func(ms *members) error {
			ms.observe(beacon(c, Write, 1, false), 0)
			return expect(ms.heir(b, false, 0).IsZero(), ms.heir(b, true, 0) == self)
		}},
		{"there is a limit to the members", func(ms *members) error {
			ms.config.MaxMembers = 1
			return expect(ms.observe(beacon(b, Write, 1, true), 0), !ms.observe(beacon(c, Write, 1, true), 0))
		}},
		{"a wall clock far from its peers' median doesn't count", func(ms *members) error {
			for i, inc := range []model.Incarnation{b, c, incarnation("d", 1)} {
				m := beacon(inc, Write, 1, true)
				m.Wall = []int64{0, (5 * time.Second).Microseconds(), time.Hour.Microseconds()}[i]
				ms.observe(m, 0)
			}
			near := model.Moment{Mono: time.Second, Wall: time.Minute.Microseconds()}
			far := model.Moment{Mono: time.Second, Wall: time.Hour.Microseconds()}
			return expect(ms.clockTrusted(near), !ms.clockTrusted(far))
		}},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			if err := test.run(newMembers(config, self, Write)); err != nil {
				t.Error(err)
			}
		})
	}
}

func expect(holds ...bool) error {
	if i := slices.Index(holds, false); i >= 0 {
		return fmt.Errorf("condition %d doesn't hold", i+1)
	}
	return nil
}

func TestEveryoneReckonsTheSameHeir(t *testing.T) {
	incs := []model.Incarnation{incarnation("a", 1), incarnation("b", 1), incarnation("c", 1), incarnation("d", 1)}
	heirs := make(map[model.Incarnation]int)
	for run := range byte(200) {
		dead := incarnation("dead", run)
		var agreed model.Incarnation
		for i, self := range incs {
			ms := newMembers(DefaultConfig(), self, Write)
			for j, other := range incs {
				if i != j {
					ms.observe(knowing(dead, other), 0)
				}
			}
			heir := ms.heir(dead, true, 0)
			if i > 0 && heir != agreed {
				t.Fatalf("%s reckons %s, another %s", self, heir, agreed)
			}
			agreed = heir
		}
		heirs[agreed]++
	}
	for _, inc := range incs {
		if heirs[inc] < 20 {
			t.Errorf("%s inherits %d of 200", inc, heirs[inc])
		}
	}
}

// TestPull moves a map to a new reader in small chunks and checks what goes wrong
// on the way.
func TestPull(t *testing.T) {
	config := DefaultConfig()
	config.BatchBytes, config.Window = 1000, 2
	start := func(t *testing.T) (writer, reader *Replica, request *PullRequest) {
		writer, reader = newReplica(config, "w", Write), newReplica(config, "r", Read)
		writer.Tick(at(0))
		for i := range 40 {
			put(writer, 0, fmt.Sprint(i))
		}
		writer.Drain()
		writer.Tick(at(3 * time.Second))
		beacons := only[*Beacon](writer.Drain().Messages)
		reader.Receive(at(0), beacons[len(beacons)-1])
		reader.Tick(at(time.Second)) // it has heard everybody by now
		requests := only[*PullRequest](reader.Drain().Messages)
		if len(requests) != 1 {
			t.Fatalf("%d requests", len(requests))
		}
		return writer, reader, requests[0]
	}
	t.Run("arrives whole, a window at a time, in any order", func(t *testing.T) {
		writer, reader, request := start(t)
		writer.Receive(at(1), request)
		rounds := 0
		for {
			chunks := only[*Chunk](writer.Drain().Messages)
			if len(chunks) == 0 {
				break
			}
			if len(chunks) > config.Window {
				t.Fatalf("%d chunks at once", len(chunks))
			}
			slices.Reverse(chunks)
			for _, c := range chunks {
				if reader.Map().Live() != 0 {
					t.Fatal("a part of the answer took effect")
				}
				reader.Receive(at(2*time.Second), c)
				reader.Receive(at(2*time.Second), c)
			}
			for _, more := range only[*PullMore](reader.Drain().Messages) {
				writer.Receive(at(1), more)
			}
			rounds++
		}
		if reader.Map().Live() != 40 || rounds < 3 || !reader.Map().Vector().Equal(writer.Map().Vector()) {
			t.Fatalf("%d entries after %d rounds", reader.Map().Live(), rounds)
		}
		if writer.Stats().Answers != 0 {
			t.Fatal("the answer is still under way")
		}
	})
	t.Run("chunks of two answers don't mix", func(t *testing.T) {
		writer, reader, request := start(t)
		writer.Receive(at(1), request)
		first := only[*Chunk](writer.Drain().Messages)
		put(writer, time.Second, "later")
		writer.Receive(at(1), request) // doubled on the way
		second := only[*Chunk](writer.Drain().Messages)
		reader.Receive(at(2*time.Second), first[0])
		reader.Receive(at(2*time.Second), second[1])
		if more := only[*PullMore](reader.Drain().Messages); len(more) != 1 || more[0].Next != 1 || more[0].Answer != first[0].Answer {
			t.Fatalf("%+v", more)
		}
	})
	t.Run("a lost chunk is asked for once more, and sent again", func(t *testing.T) {
		writer, reader, request := start(t)
		writer.Receive(at(1), request)
		chunks := only[*Chunk](writer.Drain().Messages)
		reader.Receive(at(time.Second), chunks[1]) // the one before is lost
		if more := only[*PullMore](reader.Drain().Messages); len(more) != 0 {
			t.Fatalf("asked too early: %+v", more)
		}
		for now := 2 * time.Second; reader.Map().Live() != 40; now += 500 * time.Millisecond {
			if now > 2*time.Minute {
				t.Fatal("the answer doesn't come whole")
			}
			reader.Tick(at(now))
			for _, more := range only[*PullMore](reader.Drain().Messages) {
				writer.Receive(at(now), more)
			}
			for _, c := range only[*Chunk](writer.Drain().Messages) {
				reader.Receive(at(now), c)
			}
		}
		if s := reader.Stats(); s.PullsFailed != 0 || s.Pulls != 1 {
			t.Fatalf("%+v", s)
		}
	})
	t.Run("a lost chunk costs a new request, not a part of the map", func(t *testing.T) {
		writer, reader, request := start(t)
		writer.Receive(at(1), request)
		reader.Receive(at(time.Second), only[*Chunk](writer.Drain().Messages)[0])
		reader.Drain()
		reader.Tick(at(time.Second + config.PullTimeout + 1))
		if s := reader.Stats(); s.PullsFailed != 1 || reader.Map().Live() != 0 {
			t.Fatalf("%+v", s)
		}
		reader.Tick(at(8 * time.Second))
		again := only[*PullRequest](reader.Drain().Messages)
		if len(again) != 1 || again[0].Number <= request.Number {
			t.Fatalf("%d requests after the failure", len(again))
		}
	})
	t.Run("what asks for more than was sent is ignored", func(t *testing.T) {
		writer, reader, request := start(t)
		writer.Receive(at(1), request)
		first := only[*Chunk](writer.Drain().Messages)
		last := len(writer.answers.underway[first[0].Answer].cuts) - 1
		for _, next := range []int{config.Window + 1, last - 1, last, last + 1, 1 << 40} {
			writer.Receive(at(1), &PullMore{From: reader.Self(), Answer: first[0].Answer, Next: next})
			if chunks := only[*Chunk](writer.Drain().Messages); len(chunks) > 0 || writer.Stats().Answers != 1 {
				t.Errorf("at %d of %d: %d chunks, %d answers under way", next, last, len(chunks), writer.Stats().Answers)
			}
		}
		writer.Receive(at(1), &PullMore{From: reader.Self(), Answer: first[0].Answer, Next: config.Window})
		if chunks := only[*Chunk](writer.Drain().Messages); len(chunks) != config.Window {
			t.Errorf("the next window has %d chunks", len(chunks))
		}
	})
	t.Run("a node that answers too many says so", func(t *testing.T) {
		writer, reader, request := start(t)
		for i := range config.MaxAnswers {
			writer.Receive(at(1), &PullRequest{From: incarnation("r", byte(100+i)), Number: 1, Vector: model.Vector{}})
		}
		writer.Drain()
		writer.Receive(at(1), request)
		busy := only[*Chunk](writer.Drain().Messages)
		if len(busy) != 1 || !busy[0].Busy {
			t.Fatalf("%+v", busy)
		}
		reader.Receive(at(time.Second), busy[0])
		if len(only[*PullRequest](reader.Drain().Messages)) != 0 {
			t.Fatal("asked again at once")
		}
	})
	t.Run("answers that nobody goes on with are forgotten", func(t *testing.T) {
		writer, _, request := start(t)
		writer.Receive(at(3*time.Second), request)
		for now := 3 * time.Second; now <= 4*time.Second+config.PullTimeout; now += time.Second {
			writer.Tick(at(now))
		}
		if writer.Stats().Answers != 0 {
			t.Fatal("still under way")
		}
	})
	t.Run("read nodes are asked first, and not the one that failed", func(t *testing.T) {
		p := newPull(config, incarnation("x", 1), rand.New(rand.NewPCG(1, 1)))
		w, r1, r2 := &Member{Incarnation: incarnation("w", 1), Role: Write}, &Member{Incarnation: incarnation("r1", 1), Role: Read}, &Member{Incarnation: incarnation("r2", 1), Role: Read}
		for range 20 {
			if p.choose([]*Member{w, r1, r2}).Role != Read {
				t.Fatal("asked a write node")
			}
		}
		p.avoid = r1.Incarnation
		if p.choose([]*Member{w, r1}) != w || p.choose([]*Member{r1}) != r1 {
			t.Fatal("asked the one that failed, though there was another")
		}
	})
}

func TestReady(t *testing.T) {
	config := DefaultConfig()
	config.Size = 3
	other := incarnation("b", 1)
	tests := []struct {
		rule string
		role Role
		say  *Beacon // heard at one second, and again each second
		want time.Duration
	}{
		{"a write node that hears nobody waits for the time-out", Write, nil, config.JoinTimeout},
		{"a write node that hears half of its peers waits for two beacons", Write, beacon(other, Write, 0, false), 3 * time.Second},
		{"a read node that hears nobody waits for ever", Read, nil, -1},
		{"a read node needs one that is ready", Read, beacon(other, Write, 0, false), -1},
		{"a read node that hears one waits for two beacons", Read, beacon(other, Write, 0, true), 3 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			r := newReplica(config, "a", test.role)
			got := time.Duration(-1)
			for now := time.Duration(0); now <= 20*time.Second && got < 0; now += time.Second {
				if test.say != nil && now >= time.Second {
					said := *test.say
					said.Tick = uint64(now / time.Second)
					r.Receive(at(now), &said)
				}
				r.Tick(at(now))
				if r.Ready() {
					got = now
				}
			}
			if got != test.want {
				t.Errorf("ready at %s, want %s", got, test.want)
			}
		})
	}
	t.Run("nobody is ready who lacks what was heard", func(t *testing.T) {
		r := newReplica(config, "a", Read)
		for now := time.Duration(0); now <= 8*time.Second; now += time.Second {
			b := beacon(other, Write, uint64(now/time.Second)+1, true)
			b.Vector[other] = 5
			r.Receive(at(now), b)
			r.Tick(at(now))
		}
		if r.Ready() {
			t.Error("ready")
		}
	})
}

func TestTakeOverNeedsHalfOfTheWriteNodes(t *testing.T) {
	config := DefaultConfig()
	config.Size = 3
	dead := newReplica(config, "dead", Write)
	put(dead, 0, "i-1")
	deltas := only[*Delta](dead.Drain().Messages)

	r := newReplica(config, "a", Write)
	r.Tick(at(0))
	r.Receive(at(0), deltas[0])
	var taken []time.Duration
	for now := time.Duration(0); now < 2*config.MinorityTakeOver && len(taken) == 0; now += time.Second {
		r.Tick(at(now))
		if e := r.Drain(); len(e.TakeOver) > 0 {
			taken = append(taken, now)
		}
	}
	if len(taken) == 0 || taken[0] < config.MinorityTakeOver || taken[0] > config.MinorityTakeOver+time.Minute {
		t.Fatalf("alone, it took over at %v", taken)
	}

	r = newReplica(config, "a", Write)
	r.Receive(at(0), deltas[0])
	for now := time.Duration(0); now <= 20*time.Second; now += time.Second {
		r.Receive(at(now), beacon(incarnation("b", 1), Write, uint64(now/time.Second)+1, false))
		r.Tick(at(now))
		if e := r.Drain(); len(e.TakeOver) > 0 {
			if now < config.DeadAfter || now > config.DeadAfter+2*time.Second || e.TakeOver[0] != dead.Self() {
				t.Fatalf("took %v over at %s", e.TakeOver, now)
			}
			return
		}
	}
	t.Fatal("hearing half, it took nothing over")
}

// TestWhoIsCutOffTakesNothingOver loses both peers at once, whose last beacons came
// at different times: while the first is dead already, the other isn't yet.
func TestWhoIsCutOffTakesNothingOver(t *testing.T) {
	config := DefaultConfig()
	config.Size = 3
	for _, apart := range []time.Duration{0, 100 * time.Millisecond, time.Second, 2 * time.Second} {
		r, dead, later := newReplica(config, "a", Write), newReplica(config, "b", Write), incarnation("c", 1)
		put(dead, 0, "i-1")
		r.Receive(at(0), only[*Delta](dead.Drain().Messages)[0])
		const cut = 5 * time.Second
		for now := time.Duration(0); now <= time.Minute; now += 100 * time.Millisecond {
			if now <= cut {
				r.Receive(at(now), beacon(dead.Self(), Write, uint64(now/time.Millisecond)+1, true))
			}
			if now <= cut+apart {
				r.Receive(at(now), beacon(later, Write, uint64(now/time.Millisecond)+1, false)) // no heir either
			}
			r.Tick(at(now))
			if e := r.Drain(); len(e.TakeOver) > 0 {
				t.Fatalf("%v apart: took over %v after it was cut off", apart, now-cut)
			}
		}
	}
}

func TestAPauseOfOnesOwnIsNobodysDeath(t *testing.T) {
	r := newReplica(DefaultConfig(), "a", Write)
	other := newReplica(DefaultConfig(), "b", Write)
	put(other, 0, "i-1")
	r.Receive(at(0), only[*Delta](other.Drain().Messages)[0])
	for now := time.Duration(0); now <= 5*time.Second; now += time.Second {
		b := beacon(other.Self(), Write, uint64(now/time.Second)+1, true)
		b.Vector = other.Map().Vector().Clone()
		r.Receive(at(now), b)
		r.Tick(at(now))
	}
	r.Drain()
	r.Tick(at(time.Minute)) // its process was stopped meanwhile
	if e := r.Drain(); len(e.TakeOver) != 0 || len(r.Members(time.Minute)) != 1 {
		t.Fatalf("took %v over", e.TakeOver)
	}
	for now := time.Minute; now <= time.Minute+12*time.Second; now += time.Second {
		r.Tick(at(now))
	}
	if e := r.Drain(); len(e.TakeOver) == 0 {
		t.Fatal("it is dead now, and nothing was taken over")
	}
}

// TestWhatWasHeardBeforeAPauseIsTakenInIsNoNews has another's last word be the first that
// comes in when a node goes on: it isn't alive for as long again as the pause was.
func TestWhatWasHeardBeforeAPauseIsTakenInIsNoNews(t *testing.T) {
	config := DefaultConfig()
	r := newReplica(config, "a", Write)
	other := newReplica(config, "b", Write)
	put(other, 0, "i-1")
	r.Receive(at(0), only[*Delta](other.Drain().Messages)[0])
	say := func(tick uint64, now time.Duration) {
		b := beacon(other.Self(), Write, tick, true)
		b.Vector = other.Map().Vector().Clone()
		r.Receive(at(now), b)
	}
	for now := time.Duration(0); now <= 5*time.Second; now += time.Second {
		say(uint64(now/time.Second)+1, now)
		r.Tick(at(now))
	}
	const wakes = 10 * time.Minute
	say(100, wakes)
	for now := wakes; now <= wakes+config.DeadAfter+2*time.Second; now += time.Second {
		r.Tick(at(now))
	}
	if e := r.Drain(); len(e.TakeOver) == 0 || len(r.Members(wakes+config.DeadAfter+2*time.Second)) != 0 {
		t.Fatal("it is dead now, and nothing was taken over")
	}
}

// A joining node asks a reader, though it hears a write node first, and goes back
// to one that is busy.
func TestWhoJoinsAsksReadersFirst(t *testing.T) {
	r := newReplica(DefaultConfig(), "r", Read)
	w, reader := incarnation("w", 1), incarnation("a", 1)
	now := time.Duration(0)
	hear := func(from model.Incarnation, role Role, tick uint64) {
		b := beacon(from, role, tick, true)
		b.Vector[w] = 1
		r.Receive(at(now), b)
	}
	hear(w, Write, 1)
	now += 900 * time.Millisecond
	hear(reader, Read, 1)
	for asked := 0; asked < patient-1; {
		now += 100 * time.Millisecond
		if now > time.Minute {
			t.Fatalf("asked %d times", asked)
		}
		r.Tick(at(now))
		for _, o := range r.Drain().Messages {
			request, ok := o.Message.(*PullRequest)
			if !ok {
				continue
			}
			if o.To != reader {
				t.Fatalf("request %d goes to %v", asked+1, o.To)
			}
			asked++
			r.Receive(at(now), &Chunk{From: reader, Request: request.Number, Answer: 1, Busy: true})
		}
		hear(w, Write, uint64(now))
		hear(reader, Read, uint64(now))
	}
}

func TestMalformedAnswersAreIgnored(t *testing.T) {
	r := newReplica(DefaultConfig(), "r", Read)
	w := incarnation("w", 1)
	b := beacon(w, Write, 1, true)
	b.Vector[w] = 1
	r.Receive(at(0), b)
	r.Tick(at(time.Second))
	request := only[*PullRequest](r.Drain().Messages)[0]
	for _, c := range []*Chunk{{Number: 7}, {Number: 1, Last: true}, {Number: 1 << 30}, {Number: 5}} {
		c.From, c.Request, c.Answer = w, request.Number, 1
		r.Receive(at(time.Second), c)
	}
	if r.Map().Vector()[w] != 0 || r.Stats().PullsDone != 0 {
		t.Fatalf("%+v", r.Stats())
	}
}

// A clock that follows what clients carry must not be led away step by step.
func TestNobodyLeadsTheClockAway(t *testing.T) {
	r := newReplica(DefaultConfig(), "a", Write)
	r.Tick(at(0))
	carried, refused := model.Time(0), false
	for range 10 {
		carried += model.Time((23 * time.Hour).Microseconds()) << model.TimeNodeBits
		if refused = r.TooFarAhead(at(0), carried); refused {
			break
		}
		carried = r.Draw(at(0), carried)
	}
	if !refused {
		t.Fatalf("the clock was led to %d hours ahead", carried.Micros()/time.Hour.Microseconds())
	}
}

func TestNodesDrawTimesOfTheirOwn(t *testing.T) {
	drawn := make(map[model.Time]bool)
	for range 1000 {
		self := model.Incarnation{Name: "a", ID: uuid.New()}
		r := New(DefaultConfig(), self, Write, "", rand.New(rand.NewPCG(1, 1)))
		drawn[r.Draw(at(time.Second), 0)] = true
	}
	if len(drawn) < 850 { // 4096 values: about 887 distinct ones are expected
		t.Fatalf("1000 nodes drew %d different times in one microsecond", len(drawn))
	}
}

func TestDigestMismatchIsRepaired(t *testing.T) {
	config := DefaultConfig()
	r := newReplica(config, "r", Read)
	w := incarnation("w", 1)
	var requests []*PullRequest
	for tick := range uint64(4) {
		b := beacon(w, Write, tick+1, true)
		b.Live, b.Digest = 1, 42 // at the same, empty vector
		r.Receive(at(time.Duration(tick)*time.Second), b)
		requests = append(requests, only[*PullRequest](r.Drain().Messages)...)
	}
	if len(requests) != 1 || !requests[0].Whole || r.Stats().DigestMismatches == 0 {
		t.Fatalf("%d requests, %+v", len(requests), r.Stats())
	}
}

func TestLargeBatchesAreCut(t *testing.T) {
	config := DefaultConfig()
	config.BatchBytes = 1500
	w, r := newReplica(config, "w", Write), newReplica(config, "r", Read)
	for i := range 50 {
		put(w, 0, fmt.Sprint(i))
	}
	deltas := only[*Delta](w.Drain().Messages)
	if len(deltas) < 5 {
		t.Fatalf("%d deltas", len(deltas))
	}
	for _, d := range deltas {
		r.Receive(at(0), d)
	}
	if r.Map().Live() != 50 || r.Stats().DeltasWaiting != 0 {
		t.Fatalf("%d entries, %+v", r.Map().Live(), r.Stats())
	}
}

func TestConfig(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, breakIt := range map[string]func(*Config){
		"no beacon":             func(c *Config) { c.Beacon = 0 },
		"death before a beacon": func(c *Config) { c.DeadAfter = c.Beacon },
		"no window":             func(c *Config) { c.Window = 0 },
	} {
		c := DefaultConfig()
		breakIt(&c)
		if c.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
