package ops

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	adaptEvery = 100 * time.Millisecond
	second     = 10 // of these
)

// LeanHeap keeps the heap of a process small that holds much and changes little of
// it: what is held a long time needn't be doubled by garbage. It does so until the
// context ends, then Go's default counts again. It does nothing where GOGC is set in
// the environment: then somebody has decided.
func LeanHeap(ctx context.Context) {
	adaptHeap(ctx, func(h heap) int { return leanGOGC(h.live) })
}

// RoomyHeap is lean while a process makes little garbage, and gives one that makes it
// fast some room for it, so that looking through what it holds costs little: as much as
// it allocates within three seconds, or less where there is little to look through. Once
// that is over it gives back the room. It ends as LeanHeap does.
func RoomyHeap(ctx context.Context) { adaptHeap(ctx, roomyGOGC) }

// adaptHeap sets GOGC to what goes with the heap as it is, until the context ends.
func adaptHeap(ctx context.Context, gogc func(heap) int) {
	if os.Getenv("GOGC") != "" {
		return
	}
	before := goPercent
	ticker := time.NewTicker(adaptEvery)
	defer ticker.Stop()
	defer debug.SetGCPercent(goPercent)
	var g gauge
	var l loan
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		h := g.read()
		percent := gogc(h)
		if differ(percent, before) {
			debug.SetGCPercent(percent)
			before = percent
		}
		if l.ends(h, percent) {
			runtime.GC()
		}
	}
}

// heap is what GOGC depends on, in bytes.
type heap struct {
	live uint64 // found by the last collection
	scan uint64 // of that, what a collection has to look through: texts hold no pointers
	made uint64 // allocated within about a second
}

// gauge reads it.
type gauge struct {
	made recent
	scan least
}

func (g *gauge) read() heap {
	readings := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/scan/heap:bytes"}, {Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(readings)
	value := func(i int) uint64 { return readings[i].Value.Uint64() }
	return heap{live: value(0), scan: g.scan.now(value(3), value(2)), made: g.made.now(value(1))}
}

// recent tells of a total that grows how much of it has come within about a second:
// what came before counts for ever less.
type recent struct{ total, weighed uint64 }

func (r *recent) now(total uint64) uint64 {
	r.weighed += total - r.total - r.weighed/second
	r.total = total
	return r.weighed
}

// least tells the least value since the last collection, 0 if there was none: garbage
// comes on top of what that one looked through.
type least struct{ collections, value uint64 }

func (l *least) now(collections, value uint64) uint64 {
	if collections != l.collections || value < l.value {
		l.collections, l.value = collections, value
	}
	return l.value
}

// loan is the room that a roomy heap was given beyond that of a lean one. Its pages go
// back to the system only after a collection with less room, and who makes no garbage any
// more comes to none for minutes. So when next to nothing is allocated after much was, it is
// time for one.
type loan struct{ given bool }

func (l *loan) ends(h heap, percent int) bool {
	switch {
	case percent > leanGOGC(h.live):
		l.given = l.given || h.made >= calm
	case l.given && h.made < calm:
		l.given = false
		return true
	}
	return false
}
