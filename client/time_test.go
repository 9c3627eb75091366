package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heureka/client"
	"heureka/wire"
)

// pipes is a listener whose connections are pipes, so that time stands still
// while nobody has anything to do.
type pipes struct {
	offered chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{offered: make(chan net.Conn), closed: make(chan struct{})} }

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.offered:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 7001} }

func (l *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.offered <- far:
		return near, nil
	case <-l.closed:
		return nil, errors.New("refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inBubble runs a test in virtual time, with a node behind pipes and a client
// with the default times.
func inBubble(t *testing.T, test func(*testing.T, *node, *client.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		n := serveNode(t, listener)
		transport := &http.Transport{DialContext: listener.dial}
		c, err := client.New(client.Config{
			WriteNodes: []string{n.addr},
			ReadNodes:  []string{n.addr},
			HTTPClient: &http.Client{Transport: transport},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer transport.CloseIdleConnections()
		defer n.stop()
		defer c.Close()
		test(t, n, c)
	})
}

func TestHeartbeatsKeepTheInterval(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, c *client.Client) {
		h, p := registered(t, c, n, up("A", "1"))
		begun := time.Now()
		for i := range 5 {
			p.say(&wire.Ack{Seq: next[*wire.Heartbeat](p).Seq})
			if passed, want := time.Since(begun), time.Duration(i+1)*10*time.Second; passed != want {
				t.Errorf("heartbeat %d after %v, want %v", i, passed, want)
			}
		}
		if !h.Status().Registered {
			t.Error("not registered")
		}
	})
}

func TestSilentNodeIsLeftBeforeTheLeaseEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, c *client.Client) {
		h, p := registered(t, c, n, up("A", "1"))
		begun := time.Now()
		p.over()                                                           // heartbeats without an answer
		if passed := time.Since(begun); passed != 22500*time.Millisecond { // of a lease of 30 s
			t.Errorf("left after %v", passed)
		}
		q, _ := n.welcomed()
		q.say(&wire.Ack{Seq: next[*wire.Register](q).Seq, Version: "v2"})
		synctest.Wait()
		if got := h.Status(); !got.Registered || got.Version != "v2" {
			t.Errorf("status %+v", got)
		}
	})
}

func TestSilentReadNodeIsLeftAndItsViewStays(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, c *client.Client) {
		s, p := subscribed(t, c, n, up("A", "1"))
		for range 10 {
			time.Sleep(10 * time.Second) // virtual: the node's heartbeats
			held := check(up("A", "1"))
			p.say(&wire.Heartbeat{Check: &held})
		}
		synctest.Wait()
		if got := s.Status(); got.Stale || got.Repairs != 0 {
			t.Errorf("status %+v", got)
		}
		begun := time.Now()
		p.over()
		if passed := time.Since(begun); passed != 30*time.Second {
			t.Errorf("left after %v", passed)
		}
		synctest.Wait()
		if got := s.Status(); !got.Stale || got.Count != 1 {
			t.Errorf("status %+v", got)
		}
	})
}

func TestNodeWithoutWelcomeIsLeft(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, c *client.Client) {
		_, err := c.Subscribe(t.Context(), full)
		if err != nil {
			t.Fatal(err)
		}
		p := n.peer()
		next[*wire.Hello](p)
		begun := time.Now()
		p.over()
		if passed := time.Since(begun); passed != 5*time.Second {
			t.Errorf("left after %v", passed)
		}
	})
}

func TestGoAwayIsObeyedAtItsTime(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, c *client.Client) {
		_, p := registered(t, c, n, up("A", "1"))
		p.say(&wire.GoAway{AfterMs: 3000})
		begun := time.Now()
		p.over()
		if passed := time.Since(begun); passed != 3*time.Second {
			t.Errorf("left after %v", passed)
		}
		n.welcomed()
	})
}

// Every attempt fails at once, so the time between two of them is the pause. It
// stays below its ceiling, and is not always the same.
func TestPausesGrowUpToTheirCeiling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := make(chan time.Time, 100)
		refuse := func(context.Context, string, string) (net.Conn, error) {
			attempts <- time.Now()
			return nil, errors.New("refused")
		}
		c, err := client.New(client.Config{
			ReadNodes:  []string{"a:1", "b:1"},
			HTTPClient: &http.Client{Transport: &http.Transport{DialContext: refuse}},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s, err := c.Subscribe(t.Context(), full)
		if err != nil {
			t.Fatal(err)
		}
		last, ceiling, different := <-attempts, 200*time.Millisecond, make(map[time.Duration]bool)
		for range 30 {
			at := <-attempts
			pause := at.Sub(last)
			if pause < 0 || pause > ceiling {
				t.Errorf("pause of %v, at most %v", pause, ceiling)
			}
			different[pause] = true
			last, ceiling = at, min(2*ceiling, 15*time.Second)
		}
		if len(different) < 10 {
			t.Errorf("only %d different pauses", len(different))
		}
		if s.Status().Cause == nil {
			t.Error("no cause")
		}
	})
}
