//go:build !race

package simtest

// defaultRuns is how many seeds make test runs.
const defaultRuns = 1000
