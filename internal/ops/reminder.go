package ops

import "time"

// Reminder says when to say something again that goes on: after Every, and then
// each time that Every has passed. It isn't safe for concurrent use.
type Reminder struct {
	Every time.Duration
	next  time.Duration
}

// Due reports whether it is time, now being counted from the beginning of what
// goes on.
func (r *Reminder) Due(now time.Duration) bool {
	if r.next == 0 {
		r.next = r.Every
	}
	if now < r.next {
		return false
	}
	r.next = now + r.Every
	return true
}
