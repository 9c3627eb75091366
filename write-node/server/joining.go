package server

import (
	"time"

	"heureka/cluster"
)

// remindEvery is how often a node that isn't ready says why.
const remindEvery = 15 * time.Second

// waitsFor says what a write node that isn't ready waits for, in a cluster that
// is meant to have size write nodes.
func waitsFor(members []member, size int) string {
	writes := 1 // itself
	for _, m := range members {
		if m.Role == cluster.Write {
			writes++
		}
	}
	if 2*writes < size || writes == 1 && size > 1 {
		return "waits for half of the write nodes"
	}
	return "the registry isn't complete yet"
}
