package level

import (
	"slices"
	"time"

	"heureka/model"
)

const (
	// A round ends when this part of the node's sessions has been asked to go.
	roundPart = 4
	// It was of use if the fleet is now less uneven by this part. A balancer that
	// places at random takes off more than a fifth.
	usefulPart = 8
)

// round is a number of sessions that are shed before the node looks whether it
// was of use.
type round struct {
	under   bool
	readers []model.Incarnation // the others when it began
	uneven  float64             // the fleet when it began
	quota   int                 // sessions to shed in it
	asked   int                 // of these
	last    time.Duration       // when the last of them were
	pause   time.Duration       // before it began; 0 if the one before was of use
	resume  time.Duration       // nothing is shed before
	level   time.Duration       // since when the fleet has been level
}

// begin starts a round after a pause.
func (r *round) begin(now, pause time.Duration, p Picture, least int) {
	*r = round{
		under: true, readers: p.names(), uneven: p.uneven(),
		quota: max(p.Sessions/roundPart, least), pause: pause, resume: now + pause, level: now,
	}
}

// room returns how many sessions may still be shed now. It is asked only while the
// fleet is calm and not level.
func (r *round) room(now time.Duration, p Picture, c Config) int {
	switch {
	case !r.under || !slices.Equal(r.readers, p.names()):
		r.begin(now, 0, p, c.Least) // what was of no use with other readers may be now
	case r.asked >= r.quota && now-r.last < c.Calm:
		return 0 // they are to arrive, and to be heard of
	case r.asked >= r.quota && p.uneven() <= r.uneven*(usefulPart-1)/usefulPart:
		r.begin(now, 0, p, c.Least)
	case r.asked >= r.quota:
		r.begin(now, min(max(c.Pause, 2*r.pause), c.MaxPause), p, c.Least)
	}
	if now < r.resume {
		return 0
	}
	r.level = now
	return r.quota - r.asked
}

// rest is told while the fleet is level. A round ends when that has lasted: shorter,
// and those who were shed may only be on their way back.
func (r *round) rest(now, pause time.Duration) {
	if now-max(r.level, r.resume) >= pause {
		*r = round{}
	}
}
