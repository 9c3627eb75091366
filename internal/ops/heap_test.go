package ops

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"testing/synctest"
	"time"
)

func TestHowMuchGarbageGathers(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, 100}, {4 << 20, 100}, {12 << 20, 100}, {15 << 20, 80}, {24 << 20, 50}, {48 << 20, 25}, {120 << 20, 10}, {1 << 40, 10}, {1 << 63, 10},
	} {
		if got := leanGOGC(c.live); got != c.want {
			t.Errorf("with %d bytes GOGC is %d, want %d", c.live, got, c.want)
		}
	}
}

func TestHowMuchRoomThereIs(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		live, scan, made uint64
		want             int
	}{
		// as much as is allocated within three seconds
		{4 * mib, mib, 4 * mib, 300}, {64 * mib, 30 * mib, 32 * mib, 150}, {64 * mib, 30 * mib, 16 * mib, 75},
		// less, where there is little to look through
		{4 * mib, mib, 1 << 40, 475}, {20 * mib, 5 * mib, 60 * mib, 155}, {40 * mib, 9 * mib, 60 * mib, 105}, {200 * mib, 0, 60 * mib, 10},
		// 64 MiB at most beside what is held
		{0, 1 << 40, 1 << 40, 1700}, {4 * mib, 1 << 40, 1 << 40, 1700}, {16 * mib, 1 << 40, 1 << 40, 500}, {128 * mib, 1 << 40, 1 << 40, 150}, {1 << 40, 1 << 40, 1 << 50, 100},
		// lean while it is less
		{4 * mib, mib, 0, 100}, {64 * mib, 30 * mib, 0, 15}, {64 * mib, 30 * mib, 4 * mib, 15}, {1 << 40, 1 << 30, 64 * mib, 10},
	} {
		if got := roomyGOGC(heap{c.live, c.scan, c.made}); got != c.want {
			t.Errorf("with %d bytes, %d to look through and %d made, GOGC is %d, want %d", c.live, c.scan, c.made, got, c.want)
		}
	}
}

func TestWhatTheLastCollectionLookedThrough(t *testing.T) {
	var l least
	for i, c := range []struct{ collections, value, want uint64 }{
		{0, 7, 0}, {0, 9, 0}, // there was none
		{1, 8, 8}, {1, 12, 8}, {1, 5, 5}, {1, 6, 5}, // garbage comes on top
		{3, 9, 9}, {3, 2, 2}, {3, 9, 2},
	} {
		if got := l.now(c.collections, c.value); got != c.want {
			t.Errorf("step %d: %d, want %d", i, got, c.want)
		}
	}
}

func TestRoomIsGivenBackOnce(t *testing.T) {
	const live = 48 << 20 // lean is 25
	var l loan
	for i, c := range []struct {
		percent int
		made    uint64
		want    bool
	}{
		{25, 0, false},                                                       // none was given
		{100, 40 << 20, false}, {60, 20 << 20, false}, {25, 10 << 20, false}, // still busy
		{25, 2 << 20, true}, {25, 1 << 20, false}, {25, 40 << 20, false}, {25, 0, false},
		{30, 2 << 20, false}, {25, 0, false}, // too little was made
		{30, 3 << 20, false}, {30, 2 << 20, false}, {25, 0, true}, // and again
	} {
		if got := l.ends(heap{live: live, made: c.made}, c.percent); got != c.want {
			t.Errorf("step %d: %t", i, got)
		}
	}
}

// TestABurstIsCollectedWhenItIsOver: what nobody uses any more doesn't wait for a
// collection that garbage brings about, as there is none.
func TestABurstIsCollectedWhenItIsOver(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			RoomyHeap(ctx)
			close(ended)
		}()
		time.Sleep(time.Minute)
		for i := range 200 {
			runtime.KeepAlive(make([]byte, 1<<20+i))
		}
		time.Sleep(adaptEvery + adaptEvery/2) // it has seen that
		busy := forced()
		time.Sleep(time.Minute)
		if got := forced() - busy; got != 1 {
			t.Errorf("%d collections that nothing but calm brought about", got)
		}
		cancel()
		<-ended
	})
}

// forced returns how often a collection was asked for.
func forced() uint64 {
	reading := []metrics.Sample{{Name: "/gc/cycles/forced:gc-cycles"}}
	metrics.Read(reading)
	return reading[0].Value.Uint64()
}

func TestWhatWasAllocatedLately(t *testing.T) {
	var r recent
	var total uint64
	const each = 1000
	for range 100 {
		total += each
		r.now(total)
	}
	if got := r.now(total); got < 8*each || got > second*each {
		t.Errorf("%d a time are %d in a second", each, got)
	}
	for range 100 {
		r.now(total)
	}
	if got := r.now(total); got > each {
		t.Errorf("%d are left when nothing has come for long", got)
	}
}

func TestSmallDifferencesStopNobody(t *testing.T) {
	for _, c := range []struct {
		a, b int
		want bool
	}{{100, 100, false}, {110, 100, false}, {90, 100, false}, {120, 100, true}, {80, 100, true}, {15, 10, true}} {
		if got := differ(c.a, c.b); got != c.want {
			t.Errorf("%d and %d: %t", c.a, c.b, got)
		}
	}
}

func TestWhoSetsGOGCDecides(t *testing.T) {
	t.Setenv("GOGC", "300")
	before := debug.SetGCPercent(300)
	defer debug.SetGCPercent(before)
	LeanHeap(context.Background()) // returns
	if got := debug.SetGCPercent(300); got != 300 {
		t.Errorf("GOGC is %d", got)
	}
}

func TestALeanHeapEndsWithItsContext(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		LeanHeap(ctx)
		close(ended)
	}()
	cancel()
	<-ended
	if got := debug.SetGCPercent(100); got != goPercent {
		t.Errorf("GOGC is %d", got)
	}
}
