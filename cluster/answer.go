package cluster

import (
	"time"

	"heureka/model"
	"heureka/registry"
)

// answers is the answering side of pulls. Each answer is cut from one moment of
// the map and goes out a window of chunks at a time, as the asker takes them, so
// that a large registry never floods NATS' buffers.
type answers struct {
	config   Config
	self     model.Incarnation
	count    uint64
	underway map[uint64]*answer
}

type answer struct {
	number  uint64
	to      model.Incarnation
	request uint64
	content registry.Answer
	cuts    []int // chunk i holds content.Entries[cuts[i]:cuts[i+1]]
	sent    int   // chunks
	active  time.Duration
}

func newAnswers(config Config, self model.Incarnation) *answers {
	return &answers{config: config, self: self, underway: make(map[uint64]*answer)}
}

// begin answers a request with its first chunks. A newer request of the same
// asker ends the answer to its older one.
func (as *answers) begin(m *registry.Map, r *PullRequest, now time.Duration) []Outgoing {
	for n, a := range as.underway {
		if a.to == r.From {
			delete(as.underway, n)
		}
	}
	as.count++
	if len(as.underway) >= as.config.MaxAnswers {
		busy := &Chunk{From: as.self, Request: r.Number, Answer: as.count, Busy: true}
		return []Outgoing{{To: r.From, Message: busy}}
	}
	a := &answer{number: as.count, to: r.From, request: r.Number, content: m.Cut(r.Vector, r.Whole), active: now}
	a.cuts = cuts(a.content.Entries, as.config.BatchBytes)
	as.underway[a.number] = a
	return as.advance(a, 0, now)
}

// more goes on with an answer as far as its window allows.
func (as *answers) more(p *PullMore, now time.Duration) []Outgoing {
	a := as.underway[p.Answer]
	if a == nil || a.to != p.From {
		return nil
	}
	return as.advance(a, p.Next, now)
}

func (as *answers) advance(a *answer, next int, now time.Duration) []Outgoing {
	a.active = now
	total := len(a.cuts) - 1
	var out []Outgoing
	for a.sent < min(next+as.config.Window, total) {
		c := &Chunk{
			From: as.self, Request: a.request, Answer: a.number, Number: a.sent,
			Last: a.sent == total-1, Whole: a.content.Whole,
			Entries: a.content.Entries[a.cuts[a.sent]:a.cuts[a.sent+1]],
		}
		if c.Last {
			c.Vector, c.Horizon = a.content.Vector, a.content.Horizon
		}
		a.sent++
		out = append(out, Outgoing{To: a.to, Message: c})
	}
	if a.sent == total {
		delete(as.underway, a.number)
	}
	return out
}

// expire forgets the answers that nobody has asked more of for a while.
func (as *answers) expire(now time.Duration) {
	for n, a := range as.underway {
		if now-a.active > as.config.PullTimeout {
			delete(as.underway, n)
		}
	}
}

// cuts divides entries into chunks of an estimated size: chunk i is
// entries[cuts[i]:cuts[i+1]]. There is always at least one.
func cuts(entries []*registry.Entry, bytes int) []int {
	out := []int{0}
	size := 0
	for i, e := range entries {
		if s := e.Size(); size > 0 && size+s > bytes {
			out = append(out, i)
			size = s
		} else {
			size += s
		}
	}
	return append(out, len(entries))
}
