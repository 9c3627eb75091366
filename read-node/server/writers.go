package server

import (
	"runtime"
	"sync"

	"heureka/read-node/session"
)

const (
	portionFrames = 64        // of one portion
	portionBytes  = 256 << 10 // of its frames; one that is larger goes alone
	// A batch of no more than this the loop writes itself: waking a writer costs
	// more than a write does.
	fewFrames = 8
	fewBytes  = 32 << 10
)

// writing is a frame on its way to a session.
type writing struct {
	session *session.Session
	frame   []byte
	left    bool
}

// portion is what a writer takes at a time.
type portion struct {
	list  []writing
	bytes int
}

func (p *portion) full(frame []byte) bool {
	return len(p.list) == portionFrames || len(p.list) > 0 && p.bytes+len(frame) > portionBytes
}

func (p *portion) add(w writing) {
	p.list = append(p.list, w)
	p.bytes += len(w.frame)
}

// send hands each frame to its session. None of them waits for a peer.
func (p *portion) send() {
	for i := range p.list {
		w := &p.list[i]
		w.left = w.session.Send(w.frame)
	}
}

// clear lets go of sessions and frames.
func (p *portion) clear() {
	clear(p.list)
	p.list, p.bytes = p.list[:0], 0
}

// writers write frames beside the loop, which goes on applying changes meanwhile:
// so frames grow where writing is what takes the time.
//
//	loop ──work──► writers ──done──► loop
//
// There is a fixed number of portions, and both channels have room for all of
// them: neither the loop nor a writer ever waits for room. When all portions are
// out, the loop writes itself.
type writers struct {
	count int
	work  chan *portion
	done  chan *portion // written
	ended sync.WaitGroup

	// Only the loop's:
	free []*portion
	made int
}

// newWriters returns writers that don't run yet: as many as processors if the count
// is zero.
func newWriters(count, portions int) *writers {
	if count == 0 {
		count = runtime.GOMAXPROCS(0)
	}
	return &writers{count: count, work: make(chan *portion, portions), done: make(chan *portion, portions)}
}

func (w *writers) start() {
	for range w.count {
		w.ended.Go(func() {
			for p := range w.work {
				p.send()
				w.done <- p
			}
		})
	}
}

// stop returns when all that was handed out is written.
func (w *writers) stop() {
	close(w.work)
	w.ended.Wait()
}

// take returns an empty portion, nil if all are out.
func (w *writers) take() *portion {
	if last := len(w.free) - 1; last >= 0 {
		p := w.free[last]
		w.free = w.free[:last]
		return p
	}
	if w.made == cap(w.work) {
		return nil
	}
	w.made++
	return &portion{}
}

// give takes back what take returned.
func (w *writers) give(p *portion) {
	p.clear()
	w.free = append(w.free, p)
}
