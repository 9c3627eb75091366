package ops

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// heapRoom is how much garbage a lean heap lets gather at least, before it is
	// collected, beside what it holds. One that holds less lets as much gather
	// as it holds, as Go does by default.
	heapRoom = 12 << 20
	// leanPercent is the least garbage in percent of what a lean heap holds.
	leanPercent = 10
	// extraRoom is how much more garbage than by Go's default a roomy heap lets gather.
	extraRoom  = 64 << 20
	adaptEvery = 100 * time.Millisecond
)

// LeanHeap keeps the heap of a process small that holds much and changes little of
// it: what is held a long time needn't be doubled by garbage. It does so until the
// context ends, then Go's default counts again. It does nothing where GOGC is set in
// the environment: then somebody has decided.
func LeanHeap(ctx context.Context) { adaptHeap(ctx, leanGOGC) }

// RoomyHeap gives a process that makes garbage fast some room for it, so that what it
// holds is looked through less often: 64 MiB beside what Go takes by default,
// however little or much it holds. It ends as LeanHeap does.
func RoomyHeap(ctx context.Context) { adaptHeap(ctx, roomyGOGC) }

// adaptHeap sets GOGC to what goes with the live bytes, until the context ends.
func adaptHeap(ctx context.Context, gogc func(live uint64) int) {
	if os.Getenv("GOGC") != "" {
		return
	}
	before := goPercent
	ticker := time.NewTicker(adaptEvery)
	defer ticker.Stop()
	defer debug.SetGCPercent(goPercent)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		metrics.Read(live)
		if percent := gogc(live[0].Value.Uint64()); percent != before {
			debug.SetGCPercent(percent)
			before = percent
		}
	}
}

// goPercent is what GOGC is by default.
const goPercent = 100

// step is that of GOGC: setting it stops the process for a moment.
const step = 5

// leanGOGC returns the GOGC of a lean heap with so many live bytes.
func leanGOGC(live uint64) int {
	if live <= heapRoom {
		return goPercent
	}
	return max(leanPercent, int(heapRoom*100/live)/step*step)
}

// roomyGOGC returns the GOGC of a roomy heap with so many live bytes. Go takes 4 MiB
// at least for what is live, and what is left of a large heap isn't worth a stop.
func roomyGOGC(live uint64) int {
	return goPercent + int(extraRoom*100/max(live, 4<<20))/step*step
}
