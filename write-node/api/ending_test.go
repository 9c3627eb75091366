package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/coder/websocket"
)

// clients returns how many clients the node hears, and how many are silent.
func (b *bench) clients() (heard, silent int) {
	b.Helper()
	done := make(chan struct{})
	err := b.state.Do(b.Context(), Command{
		Apply: func(o *owner.Owner, _ model.Moment) { heard, silent = o.Leases().Clients() },
		Done:  func() { close(done) },
	})
	if err != nil {
		b.Fatal(err)
	}
	<-done
	return heard, silent
}

func TestHowAConnectionEndsTellsWhetherItsClientFellSilent(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(*channel)
		silent int
	}{
		"a close frame":           {func(c *channel) { _ = c.conn.Close(websocket.StatusNormalClosure, "") }, 0},
		"a closed socket":         {func(c *channel) { _ = c.conn.CloseNow() }, 0},
		"what ends a connection":  {func(c *channel) { c.send("{"); c.wantError(0, wire.CodeMalformed) }, 0},
		"silence":                 {func(c *channel) { c.wantError(0, wire.CodeSilent); c.wantClosed(wire.CodeSilent) }, 1},
		"silence, without an ear": {func(*channel) {}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, config(), func(b *bench) {
				ch := b.open("p", 1)
				// Others are held in the queue, so that nothing goes before it is counted.
				ch.send(`{"type":"register","seq":1,"instance":{"app":"A","id":"i"}}`)
				ch.wantAck(1)
				b.hold()
				c.end(ch)
				<-time.After(2 * time.Minute)
				if heard, silent := b.clients(); heard != 0 || silent != c.silent {
					b.Errorf("%d are heard and %d silent, want 0 and %d", heard, silent, c.silent)
				}
			})
		})
	}
}

// Whoever is first with the close frame: neither waits for the other for ever.
func TestASessionThatIsOverEnds(t *testing.T) {
	for name, end := range map[string]func(*channel){
		"closed by the client that said the last word": func(c *channel) {
			c.send("{") // what that is answered waits, as nobody reads
			_ = c.conn.Close(websocket.StatusNormalClosure, "")
		},
		"closed by the node": func(c *channel) {
			c.send("{")
			c.wantError(0, wire.CodeMalformed)
			c.wantClosed(wire.CodeMalformed)
		},
		"cut off behind the last word": func(c *channel) {
			c.send("{")
			_ = c.conn.CloseNow()
		},
		"closed by the client that says no hello": func(c *channel) {
			<-time.After(c.api.cfg.Hello)
			_ = c.conn.Close(websocket.StatusNormalClosure, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, config(), func(b *bench) {
				end(b.dial())
				<-time.After(2 * closeTimeout)
				if n := b.api.Connections(); n != 0 {
					b.Errorf("%d connections are left", n)
				}
				b.wantGauge("heureka_write_unwritten_batches", 0)
			})
		})
	}
}

// What a client says to a node that has closed the connection is registered nowhere:
// it won't be acknowledged, so that the client says it elsewhere.
func TestNothingCountsBehindTheNodesCloseFrame(t *testing.T) {
	inBubble(t, config(), func(b *bench) {
		c := b.dial()
		c.wantError(0, wire.CodeHelloExpected)
		synctest.Wait() // until the close frame waits for someone to read it
		c.send(hello + `{"type":"register","seq":1,"instance":{"app":"A","id":"late"}}`)
		synctest.Wait()
		if status, _ := b.request("GET", "/api/v1/apps/A/instances/late", ""); status != 404 {
			t.Errorf("it is there: %d", status)
		}
		c.wantClosed(wire.CodeHelloExpected)
	})
}

// hold keeps evictions off.
func (b *bench) hold() {
	b.Helper()
	if status, body := b.request("POST", wire.PathEvictions, `{"do":"hold","forMs":3600000}`); status != 200 {
		b.Fatalf("hold: %d %s", status, body)
	}
}

func TestErrorsThatSayThatAPeerCantBeReached(t *testing.T) {
	for err, want := range map[error]bool{
		io.EOF:                  false,
		syscall.ECONNRESET:      false,
		syscall.EPIPE:           false,
		net.ErrClosed:           false,
		context.Canceled:        false,
		errAborted:              false,
		errTooSlow:              true,
		syscall.ETIMEDOUT:       true,
		syscall.EHOSTUNREACH:    true,
		syscall.ENETUNREACH:     true,
		os.ErrDeadlineExceeded:  true,
		errors.New("who knows"): false,
		websocket.CloseError{}:  false,
	} {
		if got := unreachable(fmt.Errorf("read: %w", err)); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
