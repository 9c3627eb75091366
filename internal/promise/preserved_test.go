package promise

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"heureka/model"
)

var preserved = PreservedLimits{Window: time.Minute, Share: 0.15, History: time.Hour, HeldMax: 15 * time.Minute, Holds: 24 * time.Hour}

// some yields the keys of n instances whose leases ended at a time.
func some(n int, at time.Duration) iter.Seq2[model.Key, time.Duration] {
	return func(yield func(model.Key, time.Duration) bool) {
		for i := range n {
			if !yield(model.NewKey("orders", fmt.Sprint(i)), at) {
				return
			}
		}
	}
}

// evict evicts n at once.
func evict(p *Preserver, now time.Duration, n int) {
	for range n {
		p.Evicted(now, model.NewKey("orders", "o-1"), now)
		p.Held(now, p.held-1)
	}
}

// waitQueued lets time pass while n are queued.
func waitQueued(p *Preserver, from, to time.Duration, held bool, n int) {
	for now := from; now <= to; now += 10 * time.Second {
		p.Queued(now, held, some(n, from))
	}
}

func TestPreserver(t *testing.T) {
	tests := []struct {
		name    string
		happens func(p *Preserver)
		broken  []Name
	}{
		{"one of one", func(p *Preserver) { p.Held(0, 1); evict(p, time.Minute, 1) }, nil},
		{"the quota", func(p *Preserver) { p.Held(0, 200); evict(p, time.Minute, 30) }, nil},
		{"the quota of each window", func(p *Preserver) {
			p.Held(0, 200)
			for i := range 6 {
				evict(p, time.Duration(1+i)*time.Minute, 30)
			}
		}, nil},
		{"a share of what was held within the hour", func(p *Preserver) {
			p.Held(0, 200)
			p.Held(time.Minute, 20)
			evict(p, time.Hour, 20)
		}, nil},
		{"a window after a take-over", func(p *Preserver) { p.Held(0, 1); p.TookOver(0); evict(p, time.Minute, 1) }, nil},
		{"what waited for long", func(p *Preserver) {
			p.Held(0, 1)
			p.TookOver(15 * time.Minute)
			p.Evicted(15*time.Minute, model.NewKey("orders", "o-1"), 0)
		}, nil},
		{"an operator's release", func(p *Preserver) { p.Held(0, 200); p.Released(time.Minute, 200); p.Held(time.Minute, 0) }, nil},
		{"a queue that leaves in time", func(p *Preserver) { p.Held(0, 100); waitQueued(p, 0, 7*time.Minute, false, 100) }, nil},
		{"a hold", func(p *Preserver) { p.Held(0, 100); waitQueued(p, 0, 24*time.Hour, true, 1) }, nil},
		{"queued again and again", func(p *Preserver) {
			p.Held(0, 1)
			for i := range 100 {
				from := time.Duration(i) * 10 * time.Minute
				waitQueued(p, from, from+9*time.Minute, false, 1)
			}
		}, nil},

		{"two of one", func(p *Preserver) { p.Held(0, 2); evict(p, time.Minute, 2) }, []Name{Preserved}},
		{"more than the quota", func(p *Preserver) { p.Held(0, 200); evict(p, time.Minute, 31) }, []Name{Preserved}},
		{"more than the quota of any minute", func(p *Preserver) {
			p.Held(0, 200)
			evict(p, 61*time.Second, 30)
			evict(p, 120*time.Second, 1)
		}, []Name{Preserved}},
		{"a share of what was held long ago", func(p *Preserver) {
			p.Held(0, 200)
			p.Held(time.Minute, 20)
			evict(p, 63*time.Minute, 4)
		}, []Name{Preserved}},
		{"a share of what was released", func(p *Preserver) {
			p.Held(0, 200)
			p.Held(time.Second, 190)
			p.Released(time.Minute, 170)
			p.Held(time.Minute, 20)
			evict(p, 2*time.Minute, 5) // 30 are left of the 200
		}, []Name{Preserved}},
		{"a window that is spent", func(p *Preserver) { p.Held(0, 1); p.TookOver(0); evict(p, time.Minute-1, 1) }, []Name{Preserved}},
		{"held for ever", func(p *Preserver) { p.Held(0, 1); waitQueued(p, 0, 25*time.Hour, true, 1) }, []Name{Preserved}},
		{"queued for ever", func(p *Preserver) { p.Held(0, 1); waitQueued(p, 0, 25*time.Minute, false, 1) }, []Name{Preserved}},
		{"the last of the queue for ever", func(p *Preserver) {
			p.Held(0, 10)
			for now := time.Duration(0); now < time.Hour; now += 10 * time.Second {
				p.Queued(now, false, some(max(10-int(now/time.Minute), 1), 0))
			}
		}, []Name{Preserved}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var report Report
			test.happens(NewPreserver("write-1", preserved, &report))
			expect(t, &report, test.broken...)
		})
	}
}

// Own leases know no window that is spent: one that is queued alone leaves within
// the window after the one that was spent when it came.
func TestPreserverOfOwnLeases(t *testing.T) {
	limits := preserved
	limits.HeldMax = 0
	var report Report
	p := NewPreserver("write-1", limits, &report)
	p.Held(0, 1)
	waitQueued(p, 0, 2*time.Minute, false, 1)
	expect(t, &report)
	p.Queued(2*time.Minute+time.Second, false, some(1, 0))
	expect(t, &report, Preserved)
	if report.Count() != 1 {
		t.Errorf("the one that waits is reported %d times", report.Count())
	}
	if p.Queued(5*time.Minute, false, some(0, 0)); len(p.waiting) != 0 {
		t.Errorf("remembers %d that have left", len(p.waiting))
	}
}

// Looks finds at once what the windows allow for long, and counts neither a hold
// nor a spent window nor a quota that is used up.
func TestPreserverLooks(t *testing.T) {
	limits := preserved
	limits.Looks = 2
	looks := func(p *Preserver, from time.Duration, held bool, times int) {
		for i := range times {
			p.Queued(from+time.Duration(i)*time.Second, held, some(1, 0))
		}
	}
	tests := []struct {
		name    string
		happens func(p *Preserver)
		broken  []Name
	}{
		{"once more after it stood still", func(p *Preserver) { looks(p, 0, false, 2) }, nil},
		{"held", func(p *Preserver) {
			looks(p, 0, false, 2)
			looks(p, 2*time.Second, true, 1)
			looks(p, 3*time.Second, false, 2)
		}, nil},
		{"the window is spent", func(p *Preserver) { p.TookOver(0); looks(p, 0, false, 50) }, nil},
		{"the quota is used up", func(p *Preserver) { evict(p, 0, 1); looks(p, 0, false, 50) }, nil},
		{"it could leave", func(p *Preserver) { looks(p, 0, false, 50) }, []Name{Preserved}},
		{"it waited for long enough", func(p *Preserver) { p.TookOver(limits.HeldMax); looks(p, limits.HeldMax, false, 3) }, []Name{Preserved}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var report Report
			p := NewPreserver("write-1", limits, &report)
			p.Held(0, 2)
			test.happens(p)
			expect(t, &report, test.broken...)
		})
	}
}
