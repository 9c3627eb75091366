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
		live uint64
		want int
	}{
		{0, 1700}, {4 << 20, 1700}, {16 << 20, 500}, {64 << 20, 200}, {128 << 20, 150}, {1 << 40, 100}, {1 << 63, 100},
	} {
		if got := roomyGOGC(c.live); got != c.want {
			t.Errorf("with %d bytes GOGC is %d, want %d", c.live, got, c.want)
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
