package ops

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// heapRoom is how much garbage a node lets gather at least, before it is
	// collected, beside what it holds. A node that holds less lets as much gather
	// as it holds, as Go does by default.
	heapRoom = 12 << 20
	// leanPercent is the least garbage in percent of what the node holds.
	leanPercent = 10
	leanEvery   = 100 * time.Millisecond
)

// LeanHeap keeps the heap of a process small that holds much and changes little of
// it: what is held a long time needn't be doubled by garbage. It does so until the
// context ends, then Go's default counts again. It does nothing where GOGC is set in
// the environment: then somebody has decided.
func LeanHeap(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	before := goPercent
	ticker := time.NewTicker(leanEvery)
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
		if percent := gcPercent(live[0].Value.Uint64()); percent != before {
			debug.SetGCPercent(percent)
			before = percent
		}
	}
}

// goPercent is what GOGC is by default.
const goPercent = 100

// gcPercent returns the GOGC for a heap with so many live bytes, in steps: setting it
// stops the process for a moment.
func gcPercent(live uint64) int {
	const step = 5
	if live <= heapRoom {
		return goPercent
	}
	return max(leanPercent, int(heapRoom*100/live)/step*step)
}
