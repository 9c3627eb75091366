package dev

import (
	"net"
	"testing"
)

// TestFreePlansDontMeet looks at all that there may be, and takes no more than a few:
// others need some meanwhile.
func TestFreePlansDontMeet(t *testing.T) {
	seen := make(map[string]bool)
	for n := range freePlans {
		for _, n := range offsetPlan(n, freeStep-1, freeStep-1).Nodes() {
			for _, address := range []string{n.HTTP, n.Admin, n.NATS, n.Routes} {
				if seen[address] {
					t.Fatalf("%s belongs to two plans", address)
				}
				seen[address] = address != ""
			}
		}
	}
	taken := make(map[int]bool)
	for range 3 {
		plan, release, err := FreePlan(1, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if taken[plan.PortOffset] {
			t.Errorf("the offset %d is given twice", plan.PortOffset)
		}
		taken[plan.PortOffset] = true
	}
	if _, _, err := FreePlan(freeStep, 1); err == nil {
		t.Error("more nodes than a range has room for")
	}
}

func TestAFreePlanIsWhereNobodyListens(t *testing.T) {
	plan, release, err := FreePlan(2, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if !vacant(plan) {
		t.Error("the plan isn't vacant")
	}
	taken, err := net.Listen("tcp", plan.Writes()[1].Routes)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if vacant(plan) {
		t.Error("somebody listens there, and it is vacant")
	}
}
