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
	// extraRoom is how much more garbage than by Go's default a roomy heap lets gather
	// at most.
	extraRoom  = 64 << 20
	adaptEvery = 100 * time.Millisecond
	second     = 10 // of these
)

// LeanHeap keeps the heap of a process small that holds much and changes little of
// it: what is held a long time needn't be doubled by garbage. It does so until the
// context ends, then Go's default counts again. It does nothing where GOGC is set in
// the environment: then somebody has decided.
func LeanHeap(ctx context.Context) {
	adaptHeap(ctx, func(live, _ uint64) int { return leanGOGC(live) })
}

// RoomyHeap is lean while a process makes little garbage, and gives one that makes it
// fast some room for it, so that what it holds isn't looked through more often than
// once a second: as much as it allocates within one, up to 64 MiB beside what Go takes
// by default. It ends as LeanHeap does.
func RoomyHeap(ctx context.Context) { adaptHeap(ctx, roomyGOGC) }

// adaptHeap sets GOGC to what goes with the live bytes and with those that were
// allocated in a second, until the context ends.
func adaptHeap(ctx context.Context, gogc func(live, made uint64) int) {
	if os.Getenv("GOGC") != "" {
		return
	}
	before := goPercent
	ticker := time.NewTicker(adaptEvery)
	defer ticker.Stop()
	defer debug.SetGCPercent(goPercent)
	var made recent
	readings := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		metrics.Read(readings)
		percent := gogc(readings[0].Value.Uint64(), made.now(readings[1].Value.Uint64()))
		if differ(percent, before) {
			debug.SetGCPercent(percent)
			before = percent
		}
	}
}

// recent tells of a total that grows how much of it has come within about a second:
// what came before counts for ever less.
type recent struct{ total, weighed uint64 }

func (r *recent) now(total uint64) uint64 {
	r.weighed += total - r.total - r.weighed/second
	r.total = total
	return r.weighed
}

// goPercent is what GOGC is by default.
const goPercent = 100

// step is that of GOGC: setting it stops the process for a moment.
const step = 5

// differ reports whether one GOGC isn't as good as another, for the same reason.
func differ(a, b int) bool { return 5*max(a-b, b-a) >= b }

// leanGOGC returns the GOGC of a lean heap with so many live bytes.
func leanGOGC(live uint64) int {
	if live <= heapRoom {
		return goPercent
	}
	return max(leanPercent, int(heapRoom*100/live)/step*step)
}

// roomyGOGC returns the GOGC of a roomy heap with so many live bytes, which has
// allocates so many in a second. Go takes 4 MiB at least for what is live, and what is left
// of a large heap isn't worth a stop.
func roomyGOGC(live, made uint64) int {
	held := max(live, 4<<20)
	room := min(made, held+extraRoom)
	return max(leanGOGC(live), int(room*100/held)/step*step)
}
