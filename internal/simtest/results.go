package simtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Config says how runs are made.
type Config struct {
	Flavour string // of all runs; empty: the seed chooses
	Trace   int    // how many of the last events are told with a failure
}

// Results is what one run, or several added up, came to.
type Results struct {
	Err     error // the first thing that broke, with its seed and time
	Flavour string
	Digest  uint64        // of all that happened
	Told    string        // the last of that in words, as much as Config.Trace wants
	Virtual time.Duration // how long it took, in the run's own time
	Rested  bool          // the run came to its end

	Runs         int
	Acknowledged int // words of clients
	Events       int // told to subscribers' applications
	Troubles     int // faults
	Kept         int // intervals in which Kept was judged, of a reader and a client each
	Departed     int // incarnations that left a node's vector
	Resumes      int // Subscribes that brought a token
	Flaps        map[string]int
	Older        map[string]int
	Flapped      int // runs with any of either
}

func newResults() Results {
	return Results{Runs: 1, Flaps: make(map[string]int), Older: make(map[string]int)}
}

// Add adds what another run came to.
func (r *Results) Add(other Results) {
	if r.Flaps == nil {
		r.Flaps, r.Older = make(map[string]int), make(map[string]int)
	}
	r.Runs += other.Runs
	r.Virtual += other.Virtual
	r.Acknowledged += other.Acknowledged
	r.Events += other.Events
	r.Troubles += other.Troubles
	r.Kept += other.Kept
	r.Departed += other.Departed
	r.Resumes += other.Resumes
	r.Flapped += other.Flapped
	if other.Flapped == 0 && len(other.Flaps)+len(other.Older) > 0 {
		r.Flapped++
	}
	for cause, n := range other.Flaps {
		r.Flaps[cause] += n
	}
	for cause, n := range other.Older {
		r.Older[cause] += n
	}
}

// String tells the sums, and what remains by name.
func (r Results) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs of %s: %d words, %d events, %d faults, %d departures, %d resumes, %d intervals of Kept; flaps or older words in %d runs",
		r.Runs, (r.Virtual / time.Duration(max(1, r.Runs))).Round(time.Second), r.Acknowledged, r.Events, r.Troubles, r.Departed, r.Resumes, r.Kept, r.Flapped)
	for _, sums := range []struct {
		what string
		by   map[string]int
	}{{"flap", r.Flaps}, {"older", r.Older}} {
		for _, cause := range slices.Sorted(maps.Keys(sums.by)) {
			fmt.Fprintf(&b, "\n    %5d %s: %s", sums.by[cause], sums.what, cause)
		}
	}
	return b.String()
}
