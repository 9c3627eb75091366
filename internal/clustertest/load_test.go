package clustertest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"heureka/client"
	"heureka/model"
)

// TestViewsConvergeUnderConcurrentChanges lets clients at all write nodes
// register, change and unregister at the same time, and judges every view when
// they have stopped.
func TestViewsConvergeUnderConcurrentChanges(t *testing.T) {
	const clients, instances, changes = 6, 10, 5
	c := start(t, 3, 3)
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	var mu sync.Mutex
	var living []*model.Instance
	var working sync.WaitGroup
	for n := range clients {
		cl := c.client(c.writes[n%3:n%3+1], nil)
		working.Go(func() {
			for i := range instances {
				registration, err := live(ctx, cl, instance("orders", fmt.Sprintf("%d-%d", n, i), "blue"), changes)
				if err != nil {
					t.Error(err)
					return
				}
				if i%2 == 0 {
					if err := registration.Unregister(ctx); err != nil {
						t.Error(err)
					}
					continue
				}
				mu.Lock()
				living = append(living, registration.Instance())
				mu.Unlock()
			}
		})
	}
	working.Wait()
	for _, w := range watchers {
		w.holds(living)
		w.converged(living...)
	}
}

// live registers an instance and changes it that often.
func live(ctx context.Context, cl *client.Client, in *model.Instance, changes int) (*client.Registration, error) {
	registration, err := cl.Register(ctx, in)
	for i := range changes {
		if err != nil {
			return nil, err
		}
		err = registration.Update(ctx, func(in *model.Instance) { in.Metadata = map[string]string{"change": fmt.Sprint(i)} })
	}
	return registration, err
}
