package ops

import (
	"context"
	"runtime/debug"
	"testing"
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
	for _, c := range []struct {
		live, made uint64
		want       int
	}{
		{0, 1 << 40, 1700}, {4 << 20, 1 << 40, 1700}, {16 << 20, 1 << 40, 500}, {64 << 20, 1 << 40, 200}, {128 << 20, 1 << 40, 150}, {1 << 40, 1 << 50, 100},
		{4 << 20, 8 << 20, 200}, {64 << 20, 64 << 20, 100}, {64 << 20, 32 << 20, 50}, // as much as is allocated within a second
		{4 << 20, 0, 100}, {64 << 20, 0, 15}, {64 << 20, 12 << 20, 15}, {1 << 40, 64 << 20, 10}, // lean while it is less
	} {
		if got := roomyGOGC(c.live, c.made); got != c.want {
			t.Errorf("with %d bytes, and %d made, GOGC is %d, want %d", c.live, c.made, got, c.want)
		}
	}
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
