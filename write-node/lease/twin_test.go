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
	holds  [Classes]time.Duration
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
	return &twin{cfg: cfg, leases: make(map[*Lease]*twinLease), heard: make(map[*Holder]time.Duration)}
}

func (w *twin) grant(now time.Duration, l *Lease, h *Holder, c Class, d time.Duration) {
	w.drop(now, l)
	w.note(now, c)
	w.leases[l] = &twinLease{c, h, d}
	w.note(now, c)
	w.heard[h] = now
	if c == Adopted {
		w.opens[c] = now + w.cfg.Window
	}
}

func (w *twin) drop(now time.Duration, l *Lease) {
	if t := w.leases[l]; t != nil {
		w.note(now, t.class)
		delete(w.leases, l)
		w.note(now, t.class)
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
	if now < w.holds[c] {
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
	cfg := Config{Window: 10 * time.Second, Share: 0.2, History: 2 * time.Minute, HeldMax: 30 * time.Second}
	table, dumb := New(cfg), newTwin(cfg)
	leases := make([]*Lease, 40)
	holders := make([]*Holder, 6)
	alone := make(map[*Lease]*Holder) // the holders of those that have one to themselves
	for i := range leases {
		leases[i] = &Lease{Key: model.NewKey("A", fmt.Sprint(i))}
	}
	for i := range holders {
		holders[i] = new(Holder)
	}
	now := time.Duration(0)
	for range 1500 {
		l, h, c := leases[random.IntN(len(leases))], holders[random.IntN(len(holders))], Class(random.IntN(int(Classes)))
		switch random.IntN(12) {
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
			dumb.heard[h] = now
		case 5:
			table.Renew(now, l)
			if k := dumb.leases[l]; k != nil {
				dumb.heard[k.holder] = now
			}
		case 6:
			table.Drop(now, l)
			dumb.drop(now, l)
		case 7:
			if random.IntN(8) == 0 {
				until := now + time.Duration(random.IntN(40))*time.Second
				table.Hold(c, until)
				dumb.holds[c] = until
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
		for c := range Classes {
			s := table.Stats(now, c)
			if s.Held != dumb.held(c) || s.Quota != dumb.quota(now, c) {
				t.Fatalf("at %v: %v stats are %+v, want %d held and a quota of %d", now, c, s, dumb.held(c), dumb.quota(now, c))
			}
		}
	}
}

func step(t *testing.T, table *Table, dumb *twin, now time.Duration) {
	t.Helper()
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
