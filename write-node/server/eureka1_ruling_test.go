package server

import (
	"errors"
	"testing"

	"heureka/eureka1/rules"
	"heureka/write-node/owner"
)

// TestOwnersWordsInThoseOfTheRules holds which of an owner's errors send a client to
// another node, and which have it register again.
func TestOwnersWordsInThoseOfTheRules(t *testing.T) {
	for _, test := range []struct{ of, want error }{
		{owner.ErrNotFound, rules.ErrNotFound},
		{owner.ErrBehind, rules.ErrElsewhere},
		{owner.ErrForwards, rules.ErrElsewhere},
		{owner.ErrClock, owner.ErrClock},
		{nil, nil},
	} {
		if got := ruling(test.of); !errors.Is(got, test.want) || errors.Is(got, rules.ErrNotFound) != (test.want == rules.ErrNotFound) {
			t.Errorf("%v is %v", test.of, got)
		}
	}
}
