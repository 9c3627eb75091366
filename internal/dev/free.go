package dev

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// The offsets that FreePlan chooses from: blocks so far apart that none reaches
// another's ranges, in each of them steps as wide as a range may be. All ports are
// below those that systems give to outgoing connections, so that a node which is
// started again finds its own unused.
const (
	freeBlock  = 2000
	freeBlocks = 11
	freeStep   = 20
	freeSteps  = 5
	freePlans  = freeBlocks * freeSteps
	reserved   = 6900 // plus the offset: listened on by who has it
)

var errNoFreePlan = errors.New("no range of ports is free")

// FreePlan returns a plan of which every port is free. Other callers, in other
// processes too, get others until release is called; it must be.
func FreePlan(writes, reads int) (plan Plan, release func(), err error) {
	if max(writes, reads) >= freeStep {
		return Plan{}, nil, fmt.Errorf("%d and %d nodes; a range of free ports has %d", writes, reads, freeStep-1)
	}
	for _, n := range rand.Perm(freePlans) {
		plan := offsetPlan(n, writes, reads)
		reservation, err := net.Listen("tcp", plan.address(reserved))
		if err != nil {
			continue // somebody else has it
		}
		if vacant(plan) {
			return plan, func() { _ = reservation.Close() }, nil // nobody connects to it
		}
		_ = reservation.Close()
	}
	return Plan{}, nil, errNoFreePlan
}

// offsetPlan returns the n-th plan that FreePlan chooses from.
func offsetPlan(n, writes, reads int) Plan {
	return Plan{WriteNodes: writes, ReadNodes: reads, PortOffset: freeBlock*(1+n/freeSteps) + freeStep*(n%freeSteps)}
}

// vacant reports whether nobody listens where the plan's nodes will.
func vacant(plan Plan) bool {
	for _, n := range plan.Nodes() {
		for _, address := range []string{n.HTTP, n.Admin, n.NATS, n.Routes} {
			if address == "" {
				continue
			}
			l, err := net.Listen("tcp", address)
			if err != nil {
				return false
			}
			_ = l.Close()
		}
	}
	return true
}
