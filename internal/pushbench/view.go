package main

import (
	"fmt"
	"math"
)

// span says which instances a subscriber is interested in: first, first + step,
// and so on, so many.
type span struct {
	first, step, count int
}

// place returns where instance k is in the span, and false if it isn't.
func (s span) place(k int) (int, bool) {
	if k < s.first || (k-s.first)%s.step != 0 || (k-s.first)/s.step >= s.count {
		return 0, false
	}
	return (k - s.first) / s.step, true
}

// spanOf returns what the n-th subscriber of that wish is interested in.
func spanOf(p population, wish string, n, each int) span {
	switch wish {
	case wantApp:
		app := n % p.Apps
		return span{first: app, step: p.Apps, count: (p.Instances - app + p.Apps - 1) / p.Apps}
	case wantValues, wantPatterns:
		first := n * each % p.Instances
		return span{first: first, step: 1, count: min(each, p.Instances-first)}
	default:
		return span{first: 0, step: 1, count: p.Instances}
	}
}

// view is what one subscriber was told, as far as marks tell it. It judges by
// them what promise.Session judges by the whole messages: that nothing comes
// twice, out of order or from outside the interest. It belongs to whoever holds
// its seat's lock.
type view struct {
	span
	last      []int32 // by place: the last change seen, -1 before the first word
	replacing bool    // a snapshot is on its way, which may say again
	snapshots int
	synced    int64 // when the first snapshot, or what stands for it, was complete; 0 before
	newest    int64 // when the newest change was seen

	until    int64   // changes seen up to then count as in the window
	inWindow int     // since until was set
	took     []int32 // microseconds from sent to seen, since until was set
	broken   []string
	more     int // broken beyond those kept
}

// maxBroken is how many failures of one view are kept; others are counted.
const maxBroken = 3

func newView(s span) *view {
	v := &view{span: s, last: make([]int32, s.count), replacing: true}
	for i := range v.last {
		v.last[i] = -1
	}
	return v
}

func (v *view) fail(format string, args ...any) {
	if len(v.broken) == maxBroken {
		v.more++
		return
	}
	v.broken = append(v.broken, fmt.Sprintf(format, args...))
}

// put notes a record that came at that time.
func (v *view) put(m mark, now int64) {
	at, ok := v.place(m.instance)
	if !ok {
		v.fail("Filtered: change %d of instance %d is outside the interest", m.change, m.instance)
		return
	}
	last := int(v.last[at])
	if m.change < last || m.change == last && !v.replacing {
		v.fail("Ordered, Unique: change %d of instance %d after %d", m.change, m.instance, last)
		return
	}
	v.last[at] = int32(m.change)
	if v.replacing || m.change == 0 {
		return
	}
	v.newest = now
	v.took = append(v.took, int32(min((now-m.sent)/1000, math.MaxInt32)))
	if now <= v.until {
		v.inWindow++
	}
}

// complete notes that a snapshot, or what stands for it, is over.
func (v *view) complete(now int64) {
	v.replacing = false
	if v.synced == 0 {
		v.synced = now
	}
}

// begin starts a round whose window ends then.
func (v *view) begin(until int64) { v.until, v.inWindow, v.took = until, 0, v.took[:0] }

// level reports whether the view is what so many changes made.
func (v *view) level(p population, total int) bool {
	if v.replacing {
		return false
	}
	for i, last := range v.last {
		if int(last) != p.last(v.first+i*v.step, total) {
			return false
		}
	}
	return true
}

// concerned returns how many of the changes from one to another are of instances
// in the view.
func (v *view) concerned(p population, from, to int) int {
	n := 0
	for i := range v.last {
		k := v.first + i*v.step
		n += p.made(k, to) - p.made(k, from)
	}
	return n
}
