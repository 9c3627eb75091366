package interest

import "fmt"

// Fault says what is wrong with a union of interests.
type Fault string

// The faults.
const (
	Invalid    Fault = "invalid"     // an unknown kind or operator, a value that can't be one
	BadPattern Fault = "bad pattern" // not RE2, or too large once compiled
	TooMany    Fault = "too many"    // more interests than one union may have
	TooLong    Fault = "too long"    // a value or pattern
)

// Error tells why a union of interests can't be accepted.
type Error struct {
	Fault  Fault
	Index  int    // of the interest, from 0; -1 where the whole list is at fault
	Reason string // for people
}

func (e *Error) Error() string {
	if e.Index < 0 {
		return "interests: " + e.Reason
	}
	return fmt.Sprintf("interest %d: %s", e.Index, e.Reason)
}
