package server

import "time"

// remindEvery is how often a node that isn't ready says why.
const remindEvery = 15 * time.Second

// waitsFor says what a read node that isn't ready waits for.
func waitsFor(members []member) string {
	if len(members) == 0 {
		return "no other node is heard"
	}
	for _, m := range members {
		if m.Ready {
			return "the registry isn't complete yet"
		}
	}
	return "no node that is ready is heard"
}
