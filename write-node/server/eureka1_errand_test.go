package server

import (
	"context"
	"errors"
	"sync"
	"testing"

	"heureka/eureka1/rules"
	"heureka/registry"
)

// A request that is given up leaves its errand with the loop: nobody else may get it.
func TestAnErrandThatIsGivenUpIsNobodyElses(t *testing.T) {
	s := startAll(t, 1)[0]
	n := eurekaNode{s.Server, &sync.Pool{New: func() any { return newErrand() }}}
	held, release := make(chan struct{}), make(chan struct{})
	var holding sync.WaitGroup
	holding.Go(func() {
		if err := n.Look(t.Context(), func(*registry.View) { close(held); <-release }); err != nil {
			t.Error(err)
		}
	})
	s.wait("the loop to be held", held)
	given, end := context.WithCancel(t.Context())
	end()
	first, second := 0, 0
	if _, err := n.Do(given, false, func(rules.Registry) { first++ }); !errors.Is(err, context.Canceled) {
		t.Errorf("given up with %v", err)
	}
	close(release)
	holding.Wait()
	if _, err := n.Do(t.Context(), false, func(rules.Registry) { second++ }); err != nil {
		t.Fatal(err)
	}
	if first != 1 || second != 1 {
		t.Errorf("called %d times and %d times", first, second)
	}
}
