package lease

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"heureka/model"
)

// twin does what a Table does by looking at everything each time.
type twin struct {
	cfg    Config
	leases map[*Lease]*twinLease
	heard  map[*Holder]time.Duration
	levels [Classes][]level // every level there was, and until when
	went   [Classes][]time.Duration
	opens  [Classes]time.Duration
	holds  [Classes]Holds
	left   map[*Holder]bool
	quiet  map[*Holder]bool // silent when last looked at
	fell   time.Duration
	freed  [Classes][]*Lease // released, in order
}

type twinLease struct {
	class    Class
	holder   *Holder
	duration time.Duration
}

type level struct {
	until time.Duration
	held  int
}

func newTwin(cfg Config) *twin {
	return &twin{cfg: cfg, leases: make(map[*Lease]*twinLease), heard: make(map[*Holder]time.Duration), left: make(map[*Holder]bool)}
}

func (w *twin) grant(now time.Duration, l *Lease, h *Holder, c Class, d time.Duration) {
	w.drop(now, l)
	w.note(now, c)
	w.leases[l] = &twinLease{c, h, d}
	w.note(now, c)
	w.hears(now, h)
	if c == Adopted {
		w.opens[c] = now + w.cfg.Window
	}
}

// hears takes back from a release what is no longer queued.
func (w *twin) hears(now time.Duration, h *Holder) {
	for c := range w.freed {
		w.freed[c] = slices.DeleteFunc(w.freed[c], func(l *Lease) bool { return w.leases[l] != nil && w.leases[l].holder == h })
	}
	w.heard[h], w.left[h] = now, false
}

// clients returns who is heard and who is silent, and notes who fell silent.
func (w *twin) clients(now time.Duration) (heard, silent int) {
	runs := make(map[*Holder]bool) // of those with own leases: whether one runs
	for l, t := range w.leases {
		if t.class == Own && !w.left[t.holder] {
			runs[t.holder] = runs[t.holder] || w.deadline(l) > now
		}
	}
	quiet := make(map[*Holder]bool)
	for h, r := range runs {
		if r {
			heard++
			continue
		}
		silent++
		quiet[h] = true
		if !w.quiet[h] {
			w.fell = now
		}
	}
	w.quiet = quiet
	return heard, silent
}

// holding returns how long a class is held for which of the reasons that stop it.
func (w *twin) holding(now time.Duration, c Class) Holds {
	out := w.holds[c]
	heard, silent := w.clients(now)
	if c == Own && heard > 0 {
		out[CutOff] = 0
	}
	if c == Own && heard == 0 && silent >= w.cfg.Silent {
		out[AllSilent] = w.fell + w.cfg.SilentMax
	}
	for i := range out {
		out[i] = max(0, out[i]-now)
	}
	return out
}

// release marks what is queued and not marked yet, in the order of the queue,
// which is that of the deadlines.
func (w *twin) release(now time.Duration, c Class, app string) (n int) {
	for l, t := range w.leases {
		if t.class == c && w.deadline(l) <= now && (app == "" || l.Key.App == app) && !slices.Contains(w.freed[c], l) {
			w.freed[c] = append(w.freed[c], l)
			n++
		}
	}
	return n
}

// goReleased ends a lease of a release, as if it had never been there.
func (w *twin) goReleased(now time.Duration, l *Lease) {
	c := w.leases[l].class
	w.drop(now, l)
	for i := range w.levels[c] {
		w.levels[c][i].held--
	}
	w.note(now, c)
}

func (w *twin) drop(now time.Duration, l *Lease) {
	if t := w.leases[l]; t != nil {
		w.note(now, t.class)
		delete(w.leases, l)
		w.note(now, t.class)
		w.freed[t.class] = slices.DeleteFunc(w.freed[t.class], func(f *Lease) bool { return f == l })
	}
}

func (w *twin) note(now time.Duration, c Class) {
	w.levels[c] = append(w.levels[c], level{now, w.held(c)})
}

func (w *twin) held(c Class) int {
	n := 0
	for _, t := range w.leases {
		if t.class == c {
			n++
		}
	}
	return n
}

func (w *twin) deadline(l *Lease) time.Duration {
	t := w.leases[l]
	return w.heard[t.holder] + t.duration
}

func (w *twin) quota(now time.Duration, c Class) int {
	step := w.cfg.History / peakSteps
	most := w.held(c)
	for _, l := range w.levels[c] {
		if l.until/step >= now/step-peakSteps {
			most = max(most, l.held)
		}
	}
	return max(1, int(w.cfg.Share*float64(most)))
}

// may returns the deadlines of those that go now, in order.
func (w *twin) may(now time.Duration, c Class) []time.Duration {
	if w.holding(now, c) != (Holds{}) {
		return nil
	}
	var ended []time.Duration
	for l, t := range w.leases {
		if t.class == c && w.deadline(l) <= now {
			ended = append(ended, w.deadline(l))
		}
	}
	slices.Sort(ended)
	left := w.quota(now, c)
	for _, at := range w.went[c] {
		if at > now-w.cfg.Window {
			left--
		}
	}
	ended = ended[:min(max(0, left), len(ended))]
	if now < w.opens[c] {
		ended = slices.DeleteFunc(ended, func(d time.Duration) bool { return d+w.cfg.HeldMax > now })
	}
	return ended
}

func TestTableDoesWhatItsTwinDoes(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { compareWithTwin(t, seed) })
	}
}

func compareWithTwin(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	cfg := Config{Window: 10 * time.Second, Share: 0.2, History: 2 * time.Minute, HeldMax: 30 * time.Second,
		Silent: 3, SilentMax: 40 * time.Second, Portion: 4}
	table, dumb := New(cfg), newTwin(cfg)
	leases := make([]*Lease, 40)
	holders := make([]*Holder, 6)
	alone := make(map[*Lease]*Holder) // the holders of those that have one to themselves
	for i := range leases {
		leases[i] = &Lease{Key: model.NewKey([]string{"A", "B"}[i%2], fmt.Sprint(i))}
	}
	for i := range holders {
		holders[i] = new(Holder)
	}
	now := time.Duration(0)
	for range 1500 {
		l, h, c := leases[random.IntN(len(leases))], holders[random.IntN(len(holders))], Class(random.IntN(int(Classes)))
		switch random.IntN(14) {
		case 0, 1:
			d := time.Duration(1+random.IntN(3)) * 5 * time.Second
			table.Grant(now, l, h, c, d)
			dumb.grant(now, l, h, c, d)
		case 2:
			table.Grant(now, l, nil, c, 7*time.Second)
			alone[l] = new(Holder)
			dumb.grant(now, l, alone[l], c, 7*time.Second)
		case 3, 4:
			table.Heard(now, h)
			dumb.hears(now, h)
		case 5:
			table.Renew(now, l)
			if k := dumb.leases[l]; k != nil {
				dumb.hears(now, k.holder)
			}
		case 6:
			table.Drop(now, l)
			dumb.drop(now, l)
		case 7:
			if random.IntN(8) == 0 {
				until := now + time.Duration(random.IntN(40))*time.Second
				why := []Reason{Operator, Behind, CutOff}[random.IntN(3)]
				table.Hold(c, why, until)
				dumb.holds[c][why] = until
			}
		case 8:
			if random.IntN(4) == 0 {
				table.Left(h)
				dumb.left[h] = true
			}
		case 9:
			if random.IntN(8) == 0 {
				why := []Reason{Operator, Behind, CutOff}[random.IntN(3)]
				table.Resume(c, why)
				dumb.holds[c][why] = 0
			}
		case 10:
			if random.IntN(8) == 0 {
				app := []string{"", "A", "B"}[random.IntN(3)]
				if got, want := table.Release(c, app), dumb.release(now, c, app); got != want {
					t.Fatalf("at %v: %d %v ones were released, want %d", now, got, c, want)
				}
			}
		default:
			now += time.Duration(random.IntN(2500)) * time.Millisecond
			step(t, table, dumb, now)
		}
		for _, l := range leases {
			_, want := dumb.leases[l]
			if l.Granted() != want {
				t.Fatalf("at %v: %v granted is %v", now, l.Key, l.Granted())
			}
			if want && l.Alive(now) != (dumb.deadline(l) > now) {
				t.Fatalf("at %v: %v alive is %v", now, l.Key, l.Alive(now))
			}
		}
		heard, silent := dumb.clients(now)
		if h, s := table.Clients(); h != heard || s != silent {
			t.Fatalf("at %v: %d are heard and %d silent, want %d and %d", now, h, s, heard, silent)
		}
		for c := range Classes {
			s := table.Stats(now, c)
			stops := s.Holds
			stops[Quota], stops[TakenOver] = 0, 0
			if want := dumb.holding(now, c); stops != want || s.Releasing != len(dumb.freed[c]) {
				t.Fatalf("at %v: %v is held by %v and releases %d, want %v and %d", now, c, stops, s.Releasing, want, len(dumb.freed[c]))
			}
			if s.Held != dumb.held(c) || s.Quota != dumb.quota(now, c) {
				t.Fatalf("at %v: %v stats are %+v, want %d held and a quota of %d", now, c, s, dumb.held(c), dumb.quota(now, c))
			}
		}
	}
}

func step(t *testing.T, table *Table, dumb *twin, now time.Duration) {
	t.Helper()
	released := table.TakeReleased(now)
	if want := min(table.cfg.Portion, len(dumb.freed[Own])+len(dumb.freed[Adopted])); len(released) != want {
		t.Fatalf("at %v: %d released ones went, want %d", now, len(released), want)
	}
	for _, l := range released {
		if !slices.Contains(dumb.freed[l.Class()], l) {
			t.Fatalf("at %v: %v went, which wasn't released", now, l.Key)
		}
		dumb.goReleased(now, l)
	}
	var want, got [Classes][]time.Duration
	for c := range Classes {
		want[c] = dumb.may(now, c)
	}
	for _, l := range table.Expire(now) {
		c := l.Class()
		got[c] = append(got[c], dumb.deadline(l))
		dumb.drop(now, l)
		dumb.went[c] = append(dumb.went[c], now)
	}
	for c := range Classes {
		if !slices.Equal(got[c], want[c]) {
			t.Fatalf("at %v: %v ones went with the deadlines %v, want %v", now, c, got[c], want[c])
		}
	}
}
