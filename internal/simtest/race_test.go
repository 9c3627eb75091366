//go:build race

package simtest

// defaultRuns is fewer under the race detector, which makes a run ten times as long.
// A run is one goroutine: there are no races to be found in it.
const defaultRuns = 60
