package lease

import (
	"testing"
	"time"
)

func TestAReleaseLetsAllThatIsQueuedGoAtOnce(t *testing.T) {
	table, _, _ := granted(2500, Own)
	table.Hold(Own, Operator, time.Hour)
	table.Expire(thirty)
	if n := table.Release(Own, ""); n != 2500 {
		t.Fatalf("%d were released", n)
	}
	for i, want := range []int{1000, 1000, 500, 0} { // in portions
		if n := len(table.TakeReleased(thirty)); n != want {
			t.Errorf("portion %d is %d, want %d", i, n, want)
		}
	}
	if s := table.Stats(thirty, Own); s.Held != 0 || s.Queued != 0 || s.Releasing != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestAReleaseOfAnApplicationLeavesTheOthers(t *testing.T) {
	table, leases, _ := granted(4, Own)
	leases[1].Key.App = "OTHER"
	table.Hold(Own, Operator, time.Hour)
	table.Expire(thirty)
	if n := table.Release(Own, "OTHER"); n != 1 {
		t.Fatalf("%d were released", n)
	}
	if out := table.TakeReleased(thirty); len(out) != 1 || out[0] != leases[1] {
		t.Errorf("%d went", len(out))
	}
}

func TestAReleaseDoesntTakeTheLiving(t *testing.T) {
	table, _, _ := granted(10, Own)
	if n := table.Release(Own, ""); n != 0 {
		t.Errorf("%d were released", n)
	}
}

func TestWhoComesBackBeforeItsPortionStays(t *testing.T) {
	cfg := unpaused()
	cfg.Portion = 1
	table, leases, holders := New(cfg), some(2), []*Holder{{}, {}}
	for i, l := range leases {
		table.Grant(0, l, holders[i], Own, thirty)
	}
	table.Hold(Own, Operator, time.Hour)
	table.Expire(thirty)
	table.Release(Own, "")
	table.TakeReleased(thirty)
	table.Heard(31*sec, holders[1])
	table.Expire(2 * time.Minute) // it has ended again
	if out := table.TakeReleased(2 * time.Minute); len(out) != 0 {
		t.Error("went by a release from before its return")
	}
	if s := table.Stats(2*time.Minute, Own); s.Queued != 1 || s.Releasing != 0 {
		t.Errorf("stats %+v", s)
	}
}

// An operator throws 180 of 200 out. Then a fault silences the rest within the
// hour: its quota is a share of what is left, not of what was.
func TestAReleaseLetsNoFaultEvictMoreLater(t *testing.T) {
	table, _, _ := granted(180, Own)
	living := new(Holder)
	rest := some(20)
	for _, l := range rest {
		table.Grant(0, l, living, Own, thirty)
	}
	table.Heard(29*sec, living)
	if n := len(table.Expire(thirty)); n != 30 {
		t.Fatalf("%d went by the quota", n)
	}
	table.Release(Own, "")
	if n := len(table.TakeReleased(31 * sec)); n != 150 {
		t.Fatalf("%d were released", n)
	}
	if s := table.Stats(31*sec, Own); s.Quota != 7 || s.Left != 0 { // of 50: what went by the quota was held
		t.Errorf("stats %+v", s)
	}
	if n := len(table.Expire(2 * time.Minute)); n != 7 {
		t.Errorf("%d went in the window after", n)
	}
}

func TestWatchTellsWhatBearsOnEvictions(t *testing.T) {
	table := New(unpaused())
	var got []Event
	table.Watch(func(e Event) { got = append(got, e) })
	own, adopted := some(1)[0], some(2)[1]
	table.Grant(sec, own, nil, Own, thirty)
	table.Grant(2*sec, adopted, nil, Adopted, thirty)
	table.Expire(40 * sec)
	table.Release(Adopted, "")
	table.TakeReleased(41 * sec)
	want := []Event{
		{At: sec, What: Level, Class: Own, Held: 1},
		{At: 2 * sec, What: Level, Class: Adopted, Held: 1},
		{At: 2 * sec, What: Spent, Class: Adopted},
		{At: 40 * sec, What: Evicted, Class: Own, Key: own.Key, Ended: 31 * sec},
		{At: 40 * sec, What: Level, Class: Own},
		{At: 41 * sec, What: Released, Class: Adopted, Key: adopted.Key, Ended: 32 * sec},
		{At: 41 * sec, What: Level, Class: Adopted},
	}
	if len(got) != len(want) {
		t.Fatalf("told %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("event %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}
