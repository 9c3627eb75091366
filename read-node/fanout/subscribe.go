package fanout

import (
	"time"

	"heureka/interest"
	"heureka/model"
)

// Subscription is what a session wants to hear of, and how.
type Subscription struct {
	Seq uint64 // what its Synced carries
	Set interest.Set
	// Known is what a [Survey] of this very set found out; it may be nil if the set
	// has no patterns. What the view shows since the Survey is matched here.
	Known Verdicts
	// Pace is the least time between two frames, Config.MaxPace at most; 0: none. It
	// counts from the Synced on: what answers the Subscribe comes at once.
	Pace time.Duration
	// Resume says what a token was found to be; nil: there was none.
	Resume *Resume
}

// Resume is what a subscriber's token amounts to.
type Resume struct {
	// Missed is every key that changed in the registry beyond the token up to now and
	// that the set could ever have matched, and maybe others, in any order.
	Missed []model.Key
	// TooMuch says that these are so many that they weren't looked up: a snapshot it is.
	TooMuch bool
	// Refused is why the token doesn't count. A snapshot that replaces says so.
	Refused string
}

// Subscribe replaces a session's interests. The first time, and when they are the
// same as before, it gets a snapshot: that is how a subscriber asks for everything
// again. Otherwise see [Hub.change]. Either way a Synced with the number seq ends
// it. Of several Subscribes that wait for the frame on its way, only the newest
// counts.
//
// A session's first Subscribe may resume: instead of a snapshot it gets what it
// missed, if that is the shorter thing to say and there is room for remembering it.
// On a session that was told something before, what it missed doesn't count, as
// nobody can tell which of both it holds; a refusal is said all the same.
//
// The error is ErrFull, or ErrUnsurveyed: survey again. The hub then leaves the
// session as it was, with its old interests; whether it goes on is for the caller
// to say. Nothing happens if the session isn't there.
func (h *Hub) Subscribe(id SessionID, sub Subscription) error {
	s := h.sessions[id]
	if s == nil {
		return nil
	}
	g, err := h.join(sub.Set, sub.Known)
	if err != nil {
		return err
	}
	if s.group == nil { // what an earlier one missed
		h.forgetMissed(s)
	}
	h.leave(s.next)
	s.next, s.seq, s.refused = g, sub.Seq, ""
	if sub.Resume != nil {
		h.resume(s, sub.Resume)
	}
	h.setPace(s, sub.Pace)
	h.wake(s)
	return nil
}
