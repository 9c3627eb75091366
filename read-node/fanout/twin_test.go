package fanout_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/wire"
)

var seed = flag.Uint64("seed", 0, "the only seed of random tests; 0: a handful")

// TestTwin drives a hub at random, with subscribers that are slow, paced, change
// their mind, go, and come back with a token, in groups with logs of their own and
// without, and compares what each holds with a plain recomputation.
func TestTwin(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	if *seed != 0 {
		seeds = []uint64{*seed}
	}
	var total fanout.Counters
	for _, s := range seeds {
		t.Run(fmt.Sprintf("seed=%d", s), func(t *testing.T) {
			c := runTwin(t, rand.New(rand.NewPCG(s, s)))
			total.Replaced += c.Replaced
			total.Switched += c.Switched
			total.Heartbeats += c.Heartbeats
			total.Resumed += c.Resumed
			total.Refused += c.Refused
			total.Outweighed += c.Outweighed
			total.Unlogged += c.Unlogged
			total.Logged += c.Logged
		})
	}
	if *seed == 0 && (total.Replaced == 0 || total.Switched == 0 || total.Heartbeats == 0 || total.Resumed == 0 ||
		total.Refused == 0 || total.Outweighed == 0 || total.Unlogged == 0 || total.Logged == 0) {
		t.Errorf("the runs never came to every kind of answer: %+v", total)
	}
}

// twin is one run of it.
type twin struct {
	*rig
	random *rand.Rand
	seqs   map[fanout.SessionID]uint64
	made   fanout.SessionID
	past   []*sub // who may come back, with tokens
}

func runTwin(t testing.TB, random *rand.Rand) fanout.Counters {
	w := newTwin(t, random)
	for range 6000 {
		w.step()
	}
	return w.end()
}

func newTwin(t testing.TB, random *rand.Rand) *twin {
	config := fanout.Config{
		MaxFrame:     256 << random.IntN(4),
		Departures:   1 + random.IntN(8),
		References:   []int{1, 20, 100, 100_000}[random.IntN(4)],
		Patterns:     1000,
		SharedBytes:  random.IntN(20_000),
		EncodedBytes: random.IntN(8000),
		MaxPace:      5 * time.Second,
	}
	if random.IntN(2) == 0 {
		config.Headroom, config.Seal = wire.FrameHeadroom, wire.SealFrame
	}
	return &twin{rig: newRig(t, config), random: random, seqs: make(map[fanout.SessionID]uint64)}
}

// end has everybody hear everything and go.
func (w *twin) end() fanout.Counters {
	w.settle()
	for len(w.order) > 0 {
		w.close(w.order[0])
	}
	s := w.hub.Stats()
	if s.Groups != 0 || s.Walking != 0 || s.References != 0 || s.Sessions != 0 || s.Paced != 0 ||
		s.Index.Members != 0 || s.EncodedBytes != 0 || s.SharedBytes != 0 {
		w.t.Errorf("left behind: %+v", s)
	}
	return s.Counters
}

// FuzzTwin plays a script: what the twin does at random is what its bytes say.
func FuzzTwin(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 4 {
		seed := make([]byte, 2000)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		s := &script{bytes: bytes}
		w := newTwin(t, rand.New(s))
		for len(s.bytes) > 0 {
			w.step()
		}
		w.end()
	})
}

// script is a source of numbers that somebody chose.
type script struct {
	bytes []byte
	more  uint64 // numbers beyond them: some, as who draws goes on until one suits
}

// Uint64 returns a number whose upper bits are the next byte.
func (s *script) Uint64() uint64 {
	if len(s.bytes) == 0 {
		s.more += 0x9e3779b97f4a7c15
		return s.more
	}
	next := s.bytes[0]
	s.bytes = s.bytes[1:]
	return uint64(next) * 0x0101010101010101
}

func (w *twin) anyone(f func(fanout.SessionID)) {
	if len(w.order) > 0 {
		f(w.order[w.random.IntN(len(w.order))])
	}
}

// step does one thing at random.
func (w *twin) step() {
	switch n := w.random.IntN(100); {
	case n < 30:
		w.put(randomInstance(w.random))
	case n < 40:
		in := randomInstance(w.random)
		w.remove(in.Key())
	case n < 43 && len(w.order) < 12:
		w.made++
		w.format = wire.Format(w.random.IntN(wire.Formats))
		w.open(w.made)
	case n < 45:
		w.anyone(w.part)
	case n < 48 && len(w.order) < 12:
		w.comeBack()
	case n < 56:
		w.anyone(w.want)
	case n < 72:
		w.anyone(w.written)
	case n < 74:
		w.hub.Heartbeat(w.random.IntN(2) == 0)
	case n < 75:
		w.settle()
		for _, id := range w.order {
			w.checkHolds(id, w.subs[id])
		}
		w.checkView()
	case n < 80:
		w.now += time.Duration(w.random.IntN(2000)) * time.Millisecond
	default:
		w.deliver()
	}
	if s := w.hub.Stats(); s.References > w.config.References || s.EncodedBytes > w.config.EncodedBytes ||
		s.SharedBytes > w.config.SharedBytes {
		w.t.Fatalf("beyond the bounds of %+v: %+v", w.config, s)
	}
}

// part has a session end; its subscriber may come back later.
func (w *twin) part(id fanout.SessionID) {
	if s := w.subs[id]; s.memory != nil {
		w.past = append(w.past, s)
	}
	w.close(id)
}

// comeBack has somebody come back with a token.
func (w *twin) comeBack() {
	if len(w.past) == 0 {
		return
	}
	at := w.random.IntN(len(w.past))
	before := w.past[at]
	w.past = append(w.past[:at], w.past[at+1:]...)
	w.made++
	w.seqs[w.made]++
	w.format = wire.Format(w.random.IntN(wire.Formats))
	if err := w.resume(w.made, 1, before, w.pace()); err != nil {
		w.refusable(err, before.set)
		w.close(w.made)
	}
}

// want has a session want something, with or without a token that doesn't count.
func (w *twin) want(id fanout.SessionID) {
	w.seqs[id]++ // equal ones of several sessions, so that they share frames
	sub := fanout.Subscription{Seq: w.seqs[id], Set: randomSet(w.t, w.random), Pace: w.pace()}
	if w.random.IntN(8) == 0 {
		sub.Resume = &fanout.Resume{Refused: "too_old"}
		if s := w.subs[id]; !s.answered && len(s.waiting) == 0 {
			s.judge.Pretends(sub.Seq)
		}
	}
	w.known = nil
	if w.random.IntN(2) == 0 {
		survey := w.hub.Survey(sub.Set)
		w.put(randomInstance(w.random)) // the view goes on meanwhile
		if w.subs[id] == nil {
			return
		}
		w.known, _ = survey.Match(func() bool { return false })
	}
	if err := w.trySubscribe(id, sub); err != nil {
		w.refusable(err, sub.Set)
	}
	w.known = nil
}

// refusable checks that a Subscribe may be refused like that.
func (w *twin) refusable(err error, set interest.Set) {
	if err != fanout.ErrFull || !strings.Contains(set.String(), " like ") {
		w.t.Fatalf("%s: %v", set, err)
	}
}

func (w *twin) pace() time.Duration {
	return time.Duration(w.random.IntN(3)*w.random.IntN(3000)) * time.Millisecond
}

// checkView compares the hub's own view with the rig's.
func (r *rig) checkView() {
	r.t.Helper()
	var digest uint64
	for key, in := range r.view {
		digest += in.Hash()
		if !in.Equal(r.hub.Get(key)) {
			r.t.Fatalf("the hub has another %s", key)
		}
	}
	if s := r.hub.Stats(); s.Instances != len(r.view) || s.Digest != digest {
		r.t.Fatalf("the hub counts %d with digest %x, the view %d with %x", s.Instances, s.Digest, len(r.view), digest)
	}
}

func randomInstance(random *rand.Rand) *model.Instance {
	in := instance(
		[]string{"A", "B", "C"}[random.IntN(3)],
		fmt.Sprintf("i-%d", random.IntN(8)),
		[]string{"", "x", "y", "x,y", "z , x"}[random.IntN(5)],
	)
	in.SecureVIP = []string{"", "sx", "sy"}[random.IntN(3)]
	in.Status = model.Statuses()[random.IntN(5)]
	if random.IntN(20) == 0 {
		in.Metadata = map[string]string{"long": fmt.Sprintf("%0300d", random.IntN(10))}
	}
	return in
}

func randomSet(t testing.TB, random *rand.Rand) interest.Set {
	all := []interest.Interest{
		app("A"), app("b"), vip("x"), vip("y"), full(),
		{Kind: interest.SecureVIP, Value: "sx"},
		{Kind: interest.ID, Value: "i-3"},
		{Kind: interest.App, Op: interest.Like, Value: "[AC]"},
		{Kind: interest.VIP, Op: interest.Like, Value: "x|z"},
		{Kind: interest.SecureVIP, Op: interest.Like, Value: "s."},
		{Kind: interest.ID, Op: interest.Like, Value: "i-[0-4]"},
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return set(t, all[:random.IntN(4)]...)
}

// TestSelectionsEqualAPlainScan compares queries with a scan of the view. They are
// gathered in parts, between which it changes: sometimes much, sometimes faster than
// they are gathered, and then what left may be forgotten.
func TestSelectionsEqualAPlainScan(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	config := fanout.DefaultConfig()
	config.Departures = 3
	r := newRig(t, config)
	change := func(n int) {
		for range n {
			r.put(randomInstance(random))
			r.remove(randomInstance(random).Key())
		}
	}
	for range 500 {
		change(10)
		s := randomSet(t, random)
		selection, most, changes := fanout.NewSelection(s), 1+random.IntN(10), random.IntN(8)
		parts := 1
		for ; !r.hub.Gather(selection, most); parts++ {
			change(random.IntN(changes + 1))
		}
		if places := r.hub.Stats().Places; parts > 4*places+4 {
			t.Fatalf("%q is gathered in %d parts, the log has %d places", s, parts, places)
		}
		got := slices.Collect(selection.Instances())
		for i, in := range got {
			if !s.Match(in) || !in.Equal(r.view[in.Key()]) {
				t.Fatalf("%q selects %s", s, in.Key())
			}
			if i > 0 && got[i-1].Key().Compare(in.Key()) >= 0 {
				t.Fatalf("%q: %s comes after %s", s, in.Key(), got[i-1].Key())
			}
		}
		want := 0
		for _, in := range r.view {
			if s.Match(in) {
				want++
			}
		}
		if len(got) != want {
			t.Fatalf("%q selects %d of %d", s, len(got), want)
		}
		total := 0
		for _, a := range r.hub.Apps() {
			total += a.Instances
		}
		if total != len(r.view) {
			t.Fatalf("the applications have %d instances, the view %d", total, len(r.view))
		}
	}
}
