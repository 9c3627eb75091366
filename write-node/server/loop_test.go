package server

import (
	"sync"
	"testing"
	"time"

	"heureka/model"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

// looking returns a look that counts how often it was applied and acknowledged.
func looking(applied, acknowledged *int) api.Command {
	return api.Command{
		Looks: true,
		Apply: func(*owner.Owner, model.Moment) { *applied++ },
		Done:  func() { *acknowledged++ },
	}
}

func TestALookIsTakenWhileTheLoopWaits(t *testing.T) {
	l := &loop{commands: make(chan api.Command, 1), start: time.Now()} // nobody runs it
	applied, acknowledged := 0, 0
	c := looking(&applied, &acknowledged)
	if err := l.Do(t.Context(), c); err != nil || applied != 1 || acknowledged != 1 {
		t.Fatalf("applied %d times, acknowledged %d times, %v", applied, acknowledged, err)
	}
	l.turn.Lock()
	if err := l.Do(t.Context(), c); err != nil || applied != 1 || len(l.commands) != 1 {
		t.Errorf("while the loop works: applied %d times, %d wait, %v", applied, len(l.commands), err)
	}
	l.turn.Unlock()
}

func TestALookThatPanicsLeavesTheLoopFree(t *testing.T) {
	l := &loop{start: time.Now()}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("nobody hears of it")
			}
		}()
		_ = l.Do(t.Context(), api.Command{Looks: true, Apply: func(*owner.Owner, model.Moment) { panic("oh") }}) // it doesn't return
	}()
	if !l.turn.TryLock() {
		t.Error("it has the turn for ever")
	}
}

// What is counted isn't guarded by anything but the loop.
func TestOneAtATimeHasTheOwner(t *testing.T) {
	const askers, each = 8, 500
	n := start(t, quick("write-1"))
	n.wait("ready", n.Ready())
	applied := 0
	var asking sync.WaitGroup
	for k := range askers {
		asking.Go(func() {
			for range each {
				done := make(chan struct{})
				c := api.Command{
					Looks: k%2 == 0,
					Apply: func(*owner.Owner, model.Moment) { applied++ },
					Done:  func() { close(done) },
				}
				if err := n.loop.Do(t.Context(), c); err != nil {
					t.Error(err)
					return
				}
				n.wait("acknowledged", done)
			}
		})
	}
	asking.Wait()
	if applied != askers*each {
		t.Errorf("applied %d times instead of %d", applied, askers*each)
	}
}

func TestALoopThatHasStoppedTakesNoLook(t *testing.T) {
	n := start(t, quick("write-1"))
	n.wait("ready", n.Ready())
	n.Kill()
	<-n.ended
	applied, acknowledged := 0, 0
	if err := n.loop.Do(t.Context(), looking(&applied, &acknowledged)); applied != 0 {
		t.Errorf("applied %d times, %v", applied, err)
	}
}
