//go:build !linux

package main

import (
	"errors"

	"heureka/internal/bench"
)

// traffic needs Linux.
type traffic struct{}

func (traffic) since(traffic) uint64 { return 0 }

func trafficBetween([]*bench.Process) (traffic, error) {
	return traffic{}, errors.New("what connections carry is known on Linux only")
}
