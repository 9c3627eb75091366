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
	taken   int   // chunks that the asker has, as it last said
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

// more goes on with an answer as far as its window allows. An asker that says
// the same once more has lost the chunk that it names: it is sent again. One that
// claims to have what wasn't sent is ignored, or it would be sent everything at once.
func (as *answers) more(p *PullMore, now time.Duration) []Outgoing {
	a := as.underway[p.Answer]
	if a == nil || a.to != p.From || p.Next < a.taken || p.Next > a.sent {
		return nil
	}
	if p.Next == len(a.cuts)-1 {
		delete(as.underway, a.number)
		return nil
	}
	if p.Next == a.taken && p.Next < a.sent {
		return []Outgoing{as.chunk(a, p.Next)}
	}
	return as.advance(a, p.Next, now)
}

func (as *answers) advance(a *answer, next int, now time.Duration) []Outgoing {
	a.active, a.taken = now, next
	var out []Outgoing
	for a.sent < min(next+as.config.Window, len(a.cuts)-1) {
		out = append(out, as.chunk(a, a.sent))
		a.sent++
	}
	return out
}

func (as *answers) chunk(a *answer, number int) Outgoing {
	c := &Chunk{
		From: as.self, Request: a.request, Answer: a.number, Number: number,
		Last: number == len(a.cuts)-2, Whole: a.content.Whole,
		Entries: a.content.Entries[a.cuts[number]:a.cuts[number+1]],
	}
	if c.Last {
		c.Vector, c.Horizon = a.content.Vector, a.content.Horizon
	}
	return Outgoing{To: a.to, Message: c}
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
