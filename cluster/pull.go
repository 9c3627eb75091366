package cluster

import (
	"math/rand/v2"
	"time"

	"heureka/model"
	"heureka/registry"
)

// pull is the asking side: at most one request is under way. A request that
// fails backs off, and the next one goes to another node.
type pull struct {
	config Config
	self   model.Incarnation
	random *rand.Rand

	number    uint64            // of the newest request
	to        model.Incarnation // zero: none under way
	avoid     model.Incarnation // the last one that failed
	progress  time.Duration     // when the request was sent or a chunk last came
	answer    uint64            // 0 until the first chunk
	asked     time.Duration     // when the request, or for more, was last sent
	chunks    map[int]*Chunk
	next      int // number of the first chunk that hasn't come
	last      int // number of the last chunk; -1 while unknown
	failures  int
	notBefore time.Duration
}

// patient is how often an asker that is told that a node is busy may come back to
// it: what many ask one reader at the same time they don't go and ask the write
// nodes at once.
const patient = 5

func newPull(config Config, self model.Incarnation, random *rand.Rand) *pull {
	return &pull{config: config, self: self, random: random}
}

// idle reports whether a request may be sent now.
func (p *pull) idle(now time.Duration) bool { return p.to.IsZero() && now >= p.notBefore }

// start picks one of the sources, read nodes first so that a burst of new
// readers doesn't storm the write nodes, and returns the request for it.
func (p *pull) start(sources []*Member, v model.Vector, whole bool, now time.Duration) Outgoing {
	choice := p.choose(sources)
	p.number++
	p.to, p.progress, p.asked = choice.Incarnation, now, now
	p.answer, p.next, p.last = 0, 0, -1
	p.chunks = make(map[int]*Chunk)
	return Outgoing{To: p.to, Message: &PullRequest{From: p.self, Number: p.number, Vector: v.Clone(), Whole: whole}}
}

func (p *pull) choose(sources []*Member) *Member {
	for _, fits := range []func(*Member) bool{
		func(m *Member) bool { return m.Role == Read && m.Incarnation != p.avoid },
		func(m *Member) bool { return m.Incarnation != p.avoid },
		func(*Member) bool { return true },
	} {
		var some []*Member
		for _, m := range sources {
			if fits(m) {
				some = append(some, m)
			}
		}
		if len(some) > 0 {
			return some[p.random.IntN(len(some))]
		}
	}
	panic("cluster: pull without a source")
}

// receive takes in a chunk. It returns the complete answer once that is there,
// and what to say to the answering node.
func (p *pull) receive(c *Chunk, now time.Duration) (*registry.Answer, *PullMore) {
	if c.From != p.to || c.Request != p.number || p.answer != 0 && c.Answer != p.answer {
		return nil, nil
	}
	if c.Busy {
		p.fail(now)
		if p.failures < patient {
			p.avoid = model.Incarnation{} // it may have time next time
		}
		return nil, nil
	}
	if c.Number >= p.next+2*p.config.Window || p.last >= 0 && c.Number > p.last {
		return nil, nil // no answer has such a chunk
	}
	p.answer, p.progress, p.asked = c.Answer, now, now
	p.chunks[c.Number] = c
	if c.Last {
		p.last = c.Number
	}
	if c.Number != p.next {
		return nil, nil // doubled, or early: the one before is on its way or lost
	}
	for p.chunks[p.next] != nil {
		p.next++
	}
	more := &PullMore{From: p.self, Answer: p.answer, Next: p.next}
	if p.last >= 0 && p.next == p.last+1 {
		return p.complete(), more
	}
	return nil, more
}

// remind asks once more for the first chunk that is missing, when none has come
// for a while: it or the request for it was lost.
func (p *pull) remind(now time.Duration) *PullMore {
	if p.to.IsZero() || p.answer == 0 || now-p.asked <= p.config.PullTimeout/4 {
		return nil
	}
	p.asked = now
	return &PullMore{From: p.self, Answer: p.answer, Next: p.next}
}

func (p *pull) complete() *registry.Answer {
	last := p.chunks[p.last]
	a := &registry.Answer{Whole: last.Whole, Vector: last.Vector, Horizon: last.Horizon}
	entries := 0
	for _, c := range p.chunks {
		entries += len(c.Entries)
	}
	a.Entries = make([]*registry.Entry, 0, entries)
	for i := range p.last + 1 {
		a.Entries = append(a.Entries, p.chunks[i].Entries...)
	}
	p.to, p.chunks, p.failures, p.avoid = model.Incarnation{}, nil, 0, model.Incarnation{}
	return a
}

// expire gives up a request that makes no progress. It reports whether it did.
func (p *pull) expire(now time.Duration) bool {
	if p.to.IsZero() || now-p.progress <= p.config.PullTimeout {
		return false
	}
	p.fail(now)
	return true
}

func (p *pull) fail(now time.Duration) {
	p.avoid, p.to, p.chunks = p.to, model.Incarnation{}, nil
	backoff := min(p.config.PullBackoff<<min(p.failures, 16), p.config.MaxBackoff)
	p.failures++
	p.notBefore = now + backoff/2 + time.Duration(p.random.Int64N(int64(backoff)))
}
