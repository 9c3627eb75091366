package simtest

import (
	"container/heap"
	"time"
)

// agenda is what will happen, the soonest first.
type agenda struct {
	events events
	order  int
}

// event is something that happens at a time.
type event struct {
	at    time.Duration
	order int // of two at the same time, the one planned first
	do    func()
}

// plan has something done at a time.
func (a *agenda) plan(at time.Duration, do func()) {
	a.order++
	heap.Push(&a.events, event{at, a.order, do})
}

// next takes out what happens next; false if nothing does.
func (a *agenda) next() (event, bool) {
	if len(a.events) == 0 {
		return event{}, false
	}
	return heap.Pop(&a.events).(event), true
}

// events is what container/heap asks for.
type events []event

func (es events) Len() int { return len(es) }
func (es events) Less(i, j int) bool {
	return es[i].at < es[j].at || es[i].at == es[j].at && es[i].order < es[j].order
}
func (es events) Swap(i, j int) { es[i], es[j] = es[j], es[i] }

// Push is for container/heap.
func (es *events) Push(x any) { *es = append(*es, x.(event)) }

// Pop is for container/heap.
func (es *events) Pop() any {
	old := *es
	last := len(old) - 1
	e := old[last]
	old[last] = event{}
	*es = old[:last]
	return e
}
