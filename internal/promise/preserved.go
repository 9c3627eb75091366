package promise

import (
	"iter"
	"time"

	"heureka/model"
)

// Preserver judges Preserved for one class of leases at one node, from the level
// of what is held and from each eviction: it reckons by itself what may leave.
// Times are measured from any fixed start and never go back.
type Preserver struct {
	where   string
	limits  PreservedLimits
	report  *Report
	held    int
	past    []level         // what was held, and until when: falling, so that the first is the most
	went    []time.Duration // evictions within the last window
	spent   time.Duration   // until then, taking over has spent the window
	waiting map[ended]*wait
	looked  time.Duration // when Queued was last called
	first   ended         // what it found first, if that could leave
	looks   int           // how often in a row
}

// PreservedLimits are what a node's settings allow.
type PreservedLimits struct {
	Window  time.Duration // evictions are counted over this time
	Share   float64       // of the most held within History: how much may go in a window; one may always
	History time.Duration
	HeldMax time.Duration // how long a window that taking over spent may keep what is queued; 0 for own leases
	Holds   time.Duration // how long all holds together may keep it
	Looks   int           // how often in a row Queued may find the same one first though it could leave; 0: any number
}

type level struct {
	until time.Duration
	held  int
}

// ended is a lease that has ended: a key may have another later.
type ended struct {
	key model.Key
	at  time.Duration
}

// wait is what is known of one that is queued.
type wait struct {
	ahead  int           // were queued before it
	lowest int           // the least quota since
	open   time.Duration // for how long it could have left
	held   time.Duration // for how long it was held
	seen   time.Duration // when it was last queued
	told   bool          // it has been reported
}

// NewPreserver returns the judge of one class, of which nothing is held yet.
func NewPreserver(where string, limits PreservedLimits, report *Report) *Preserver {
	return &Preserver{where: where, limits: limits, report: report, waiting: make(map[ended]*wait)}
}

// Held notes how many leases of the class are held from now on, running and
// queued.
func (p *Preserver) Held(now time.Duration, n int) {
	p.remember(level{now, p.held})
	p.held = n
	// Whoever remembers the past in steps may remember it for a step longer.
	for len(p.past) > 0 && p.past[0].until < now-p.limits.History-p.limits.History/60 {
		p.past = p.past[1:]
	}
}

// remember forgets what is neither newer nor more than a level.
func (p *Preserver) remember(l level) {
	for len(p.past) > 0 && p.past[len(p.past)-1].held <= l.held {
		p.past = p.past[:len(p.past)-1]
	}
	p.past = append(p.past, l)
}

// TookOver notes that the node took something over: its window is spent.
func (p *Preserver) TookOver(now time.Duration) { p.spent = now + p.limits.Window }

// Evicted judges an eviction by the quota, of a lease that had ended then. Say it
// before Held.
func (p *Preserver) Evicted(now time.Duration, key model.Key, since time.Duration) {
	p.slide(now)
	p.went = append(p.went, now)
	if allowed := p.quota(now); len(p.went) > allowed {
		p.report.fail(Preserved, p.where, key, "evicted as number %d within %v, %d are allowed", len(p.went), p.limits.Window, allowed)
	}
	if now < p.spent && now < since+p.limits.HeldMax {
		p.report.fail(Preserved, p.where, key, "evicted %v before the end of a window that taking over had spent", p.spent-now)
	}
}

// slide forgets evictions that left the window.
func (p *Preserver) slide(now time.Duration) {
	for len(p.went) > 0 && p.went[0] <= now-p.limits.Window {
		p.went = p.went[1:]
	}
}

// Released notes that a lease leaves because an operator released it. It is as if
// it had never been held: nothing more may leave on its account. Say it before
// Held.
func (p *Preserver) Released(now time.Duration, n int) {
	for i := range p.past {
		p.past[i].held -= n
	}
	p.held -= n
}

// Queued judges what is queued now, the first first, each with the time when its
// lease ended. Held says whether the node has a reason to keep all of it. Call it
// every few seconds.
func (p *Preserver) Queued(now time.Duration, held bool, queue iter.Seq2[model.Key, time.Duration]) {
	passed := now - p.looked
	p.looked = now
	quota, place := p.quota(now), 0
	for key, at := range queue {
		if place == 0 {
			p.prompt(now, ended{key, at}, !held && p.may(now, at))
		}
		w := p.waiting[ended{key, at}]
		if w == nil {
			w = &wait{ahead: place, lowest: quota}
			p.waiting[ended{key, at}] = w
		} else if held {
			w.held += passed
		} else {
			w.open += passed
		}
		w.lowest, w.seen = min(w.lowest, quota), now
		p.judge(key, w)
		place++
	}
	for e, w := range p.waiting {
		if w.seen != now {
			delete(p.waiting, e)
		}
	}
}

// may reports whether the first of the queue, whose lease had ended then, could leave
// now if nothing held it.
func (p *Preserver) may(now, at time.Duration) bool {
	p.slide(now)
	return len(p.went) < p.quota(now) && (now >= p.spent || now >= at+p.limits.HeldMax)
}

// prompt judges whether who could leave has left when it is next looked for. Whoever
// stood still in between is looked at once more.
func (p *Preserver) prompt(now time.Duration, first ended, may bool) {
	switch {
	case !may:
		p.looks = 0
	case first != p.first || p.looks == 0:
		p.first, p.looks = first, 1
	default:
		if p.looks++; p.limits.Looks > 0 && p.looks == p.limits.Looks+1 {
			p.report.fail(Preserved, p.where, first.key, "still queued %v after its lease ended, though it could leave", now-first.at)
		}
	}
}

// judge compares how long one has waited with how long it may: all that were
// before it leave within as many windows as their number takes, after one that
// was spent when it came.
func (p *Preserver) judge(key model.Key, w *wait) {
	windows := 2 + w.ahead/w.lowest
	longest := p.limits.HeldMax + time.Duration(windows)*p.limits.Window
	switch {
	case w.told:
	case w.held > p.limits.Holds:
		p.report.fail(Preserved, p.where, key, "held for %v, %v are allowed", w.held, p.limits.Holds)
		w.told = true
	case w.open > longest:
		p.report.fail(Preserved, p.where, key, "queued for %v behind %d others while nothing held it, %v are allowed", w.open, w.ahead, longest)
		w.told = true
	}
}

// quota returns how many may leave in the window that ends now.
func (p *Preserver) quota(now time.Duration) int {
	most := p.held
	for _, l := range p.past {
		if l.until >= now-p.limits.History-p.limits.History/60 {
			most = max(most, l.held)
			break // those after it are less
		}
	}
	return max(1, int(p.limits.Share*float64(most)))
}
