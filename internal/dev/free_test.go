package dev

import (
	"net"
	"testing"
)

func TestFreePlansDontMeet(t *testing.T) {
	seen := make(map[string]bool)
	for range freeBlocks * freeSteps / 2 {
		plan, release, err := FreePlan(freeStep-1, freeStep-1)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		for _, n := range plan.Nodes() {
			for _, address := range []string{n.HTTP, n.Admin, n.NATS, n.Routes} {
				if seen[address] {
					t.Fatalf("%s belongs to two plans", address)
				}
				seen[address] = address != ""
			}
		}
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
