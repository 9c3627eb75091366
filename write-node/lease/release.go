package lease

import "time"

// Release lets what is queued now of a class, or of one application of it, leave
// without quota and whatever holds it, and returns how many leases that are. They
// leave through TakeReleased; one that is taken back before stays.
func (t *Table) Release(c Class, app string) int {
	k, n := &t.classes[c], 0
	for _, l := range k.queue.items {
		if l == nil || l.released || app != "" && l.Key.App != app {
			continue
		}
		l.released = true
		k.released = append(k.released, l)
		n++
	}
	k.releasing += n
	return n
}

// TakeReleased returns released leases, Config.Portion of them at most. They are
// not in the table any more. Call it with Expire.
//
// The quota isn't charged for them: they didn't go by it. Nor do they count as
// held any more, not even in the past: a quota that is a share of what an
// operator has thrown out would let the next fault evict too much of the rest.
func (t *Table) TakeReleased(now time.Duration) []*Lease {
	var out []*Lease
	for c := range t.classes {
		k, n := &t.classes[c], len(out)
		for len(k.released) > 0 && len(out) < t.cfg.Portion {
			l := k.released[0]
			k.released[0] = nil
			k.released = k.released[1:]
			if !l.released || l.class != Class(c) {
				continue // taken back, or released anew elsewhere
			}
			t.tell(Event{At: now, What: Released, Key: l.Key, Class: l.class, Ended: l.term.deadline()})
			t.Drop(now, l)
			out = append(out, l)
		}
		if len(k.released) == 0 {
			k.released = nil // give the memory of a large event back
		}
		k.peak.lower(len(out) - n)
	}
	return out
}
