package api

import (
	"testing"
	"testing/synctest"
	"time"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

// stall keeps the owner's goroutine from everything for so long, as if the node stood
// still: what is read meanwhile waits for it.
func (b *bench) stall(d time.Duration) {
	b.Helper()
	err := b.state.Do(b.Context(), Command{Apply: func(*owner.Owner, model.Moment) { <-time.After(d) }, Done: func() {}})
	if err != nil {
		b.Fatal(err)
	}
	synctest.Wait()
}

// The session's reader has looked at the time already when the node stands still.
func TestAWordThatWaitedInTheNodeIsNotObeyed(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.open("p", 1)
		c.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`)
		c.wantAck(1)
		b.stall(b.api.cfg.Silence() + time.Second)
		c.send(`{"type":"register","seq":2,"instance":{"app":"A","id":"late"}}`)
		c.wantError(0, wire.CodeSilent)
		c.wantClosed(wire.CodeSilent)
		fresh := b.dial()
		fresh.send(hello + `{"type":"register","seq":1,"instance":{"app":"A","id":"late"}}`)
		fresh.wantError(0, wire.CodeNotReady)
		fresh.wantClosed(wire.CodeNotReady)
		if status, _ := b.request("PUT", "/api/v1/apps/A/instances/plain", "{}"); status != 503 {
			b.Errorf("a put to a node that wakes: %d", status)
		}
		<-time.After(owner.DefaultConfig().Waking)
		for _, id := range []string{"late", "plain"} {
			if status, body := b.request("GET", "/api/v1/apps/A/instances/"+id, ""); status != 404 {
				b.Errorf("%s: %d %s", id, status, body)
			}
		}
		again := b.open("p", 2)
		again.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`)
		again.wantAck(1)
	})
}

// Whom the node waits for to close the connection isn't one that speaks.
func TestTheOwnerKnowsAtOnceWhomTheNodeGaveUp(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.open("p", 1)
		c.send("{")
		c.wantError(0, wire.CodeMalformed)
		synctest.Wait() // its close frame waits for someone to read it
		var known int
		err := b.state.Do(b.Context(), Command{
			Apply: func(o *owner.Owner, _ model.Moment) { known = o.Connections() },
			Done:  func() {},
		})
		if synctest.Wait(); err != nil || known != 0 || b.api.Connections() != 1 {
			b.Errorf("%v: the owner knows %d of %d connections", err, known, b.api.Connections())
		}
		c.wantClosed(wire.CodeMalformed)
	})
}
