package interest

import (
	"fmt"
	"testing"
)

func TestPatternsThatWentLeaveTheLane(t *testing.T) {
	x := NewIndex[int](DefaultLimits())
	for i := range 1000 {
		set, err := NewSet(DefaultLimits(), []Interest{{Kind: ID, Op: Like, Value: fmt.Sprint(i)}})
		if err != nil {
			t.Fatal(err)
		}
		x.Add(set, i%10) // replaces
		l := x.lane(ID)
		if len(l.order) > 2*len(l.patterns)+1 {
			t.Fatalf("%d patterns came, %d are left, %d are listed", i+1, len(l.patterns), len(l.order))
		}
	}
}
