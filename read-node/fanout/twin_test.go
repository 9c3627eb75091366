package fanout_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
)

var seed = flag.Uint64("seed", 0, "the only seed of random tests; 0: a handful")

// TestTwin drives a hub at random, with subscribers that are slow, change their
// mind and go, and compares what each holds with a plain recomputation.
func TestTwin(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4, 5, 6, 7, 8}
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
		})
	}
	if *seed == 0 && (total.Replaced == 0 || total.Switched == 0 || total.Heartbeats == 0) {
		t.Errorf("the runs never came to every kind of answer: %+v", total)
	}
}

func runTwin(t *testing.T, random *rand.Rand) fanout.Counters {
	r := newRig(t, fanout.Config{
		MaxFrame:    256 << random.IntN(4),
		Departures:  1 + random.IntN(8),
		References:  100_000,
		Patterns:    1000,
		SharedBytes: random.IntN(20_000),
	})
	seqs := make(map[fanout.SessionID]uint64)
	var made fanout.SessionID
	anyone := func() (fanout.SessionID, bool) {
		if len(r.order) == 0 {
			return 0, false
		}
		return r.order[random.IntN(len(r.order))], true
	}
	for range 6000 {
		switch n := random.IntN(100); {
		case n < 30:
			r.put(randomInstance(random))
		case n < 40:
			in := randomInstance(random)
			r.remove(in.Key())
		case n < 43 && len(r.order) < 12:
			made++
			r.open(made)
		case n < 44:
			if id, ok := anyone(); ok {
				r.close(id)
			}
		case n < 54:
			if id, ok := anyone(); ok {
				seqs[id]++ // equal ones of several sessions, so that they share frames
				s := randomSet(t, random)
				r.known = nil
				if random.IntN(2) == 0 {
					survey := r.hub.Survey(s)
					r.put(randomInstance(random)) // the view goes on meanwhile
					r.known, _ = survey.Match(func() bool { return false })
				}
				r.subscribe(id, seqs[id], s)
			}
		case n < 72:
			if id, ok := anyone(); ok {
				r.written(id)
			}
		case n < 74:
			r.hub.Heartbeat(random.IntN(2) == 0)
		case n < 75:
			r.settle()
			for _, id := range r.order {
				r.checkHolds(id, r.subs[id])
			}
			r.checkView()
		default:
			r.deliver()
		}
	}
	r.settle()
	for len(r.order) > 0 {
		r.close(r.order[0])
	}
	s := r.hub.Stats()
	if s.Groups != 0 || s.References != 0 || s.Sessions != 0 || s.Index.Members != 0 {
		t.Errorf("left behind: %+v", s)
	}
	return s.Counters
}

// checkView compares the hub's own view with the rig's.
func (r *rig) checkView() {
	r.t.Helper()
	var digest uint64
	for key, in := range r.view {
		digest += in.Hash()
		if r.hub.Get(key) != in {
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

// TestSelectionsEqualAPlainScan compares queries with a scan of the view.
func TestSelectionsEqualAPlainScan(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	r := newRig(t, fanout.DefaultConfig())
	for range 200 {
		for range 10 {
			r.put(randomInstance(random))
			in := randomInstance(random)
			r.remove(in.Key())
		}
		s := randomSet(t, random)
		got := r.hub.Select(s).Instances()
		for i, in := range got {
			if !s.Match(in) || r.view[in.Key()] != in {
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
