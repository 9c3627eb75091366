package model

import "time"

// Moment is time as an argument: what the pure packages get told instead of
// asking a clock.
type Moment struct {
	// Mono never jumps: time since some start of the node's own. Leases, ages
	// and timeouts are measured by it.
	Mono time.Duration
	// Wall is the machine's opinion of the time of day, in microseconds since
	// 1970. It may jump and be wrong; only the hybrid logical clock reads it.
	Wall int64
}
