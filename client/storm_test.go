package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heureka/client"
	"heureka/wire"
)

// The first attempt after a connection was lost comes within the spread of 1 s,
// and not always at the same time.
func TestReconnectsAreSpread(t *testing.T) {
	inBubble(t, func(t *testing.T, n *node, c *client.Client) {
		_, p := subscribed(t, c, n)
		var longest time.Duration
		for range 30 {
			time.Sleep(20 * time.Second) // virtual: the connection was a good one
			lost := time.Now()
			p.drop()
			p, _ = n.welcomed()
			longest = max(longest, time.Since(lost))
			subscribe := next[*wire.Subscribe](p)
			p.snapshot(subscribe.Seq)
		}
		// 30 pauses, evenly distributed, are all below half of it once in a billion times.
		if longest < 500*time.Millisecond || longest > time.Second {
			t.Errorf("the longest of 30 pauses is %v", longest)
		}
	})
}

// crowded is a node that answers handshakes as a full one does, until it lets
// them in.
type crowded struct {
	*pipes
	server *http.Server
	served sync.WaitGroup

	mu    sync.Mutex
	after int // seconds that it asks for; 0: it doesn't say
	asked []time.Time
}

func startCrowded(after int) *crowded {
	c := &crowded{pipes: newPipes(), after: after}
	c.server = &http.Server{Handler: http.HandlerFunc(c.refuse)}
	c.served.Go(func() { c.server.Serve(c.pipes) })
	return c
}

func (c *crowded) refuse(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, time.Now())
	if c.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(c.after))
	}
	body, _ := wire.AppendJSON(nil, wire.NewError(wire.CodeOverloaded, "come back later"))
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write(body)
}

func (c *crowded) stop() {
	c.server.Close()
	c.served.Wait()
}

func (c *crowded) times() []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// subscribeAt subscribes at nodes behind pipes, in virtual time, and returns after
// that time.
func subscribeAt(t *testing.T, d time.Duration, nodes ...*crowded) client.SubscriptionStatus {
	t.Helper()
	var names []string
	byName := make(map[string]*crowded)
	for i, n := range nodes {
		name := fmt.Sprintf("node-%d:1", i)
		names, byName[name] = append(names, name), n
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		return byName[addr].dial(ctx, network, addr)
	}}
	c, err := client.New(client.Config{ReadNodes: names, HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	defer c.Close()
	s, err := c.Subscribe(t.Context(), full)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(d)
	synctest.Wait()
	return s.Status()
}

func TestANodeThatRefusesIsAskedAgainWhenItSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := startCrowded(8)
		defer n.stop()
		status := subscribeAt(t, 10*time.Minute, n)
		var why *wire.Error
		if !errors.As(status.Cause, &why) || why.Code != wire.CodeOverloaded {
			t.Errorf("the cause is %v", status.Cause)
		}
		asked := n.times()
		if len(asked) < 70 {
			t.Fatalf("asked %d times in ten minutes", len(asked))
		}
		different := make(map[time.Duration]bool)
		for i := range asked[1:] {
			pause := asked[i+1].Sub(asked[i])
			different[pause] = true
			if pause < 4*time.Second || pause > 8*time.Second {
				t.Errorf("asked again after %v", pause)
			}
		}
		if len(different) < 20 {
			t.Errorf("only %d different pauses", len(different))
		}
	})
}

func TestANodeThatAsksForAnHourIsntWaitedForSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := startCrowded(3600)
		defer n.stop()
		subscribeAt(t, 10*time.Minute, n)
		if asked := len(n.times()); asked < 40 || asked > 80 { // 15 s is the longest pause
			t.Errorf("asked %d times in ten minutes", asked)
		}
	})
}

func TestTheNextNodeIsTriedAtOnceWhenOneRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := startCrowded(8), startCrowded(8)
		defer first.stop()
		defer second.stop()
		subscribeAt(t, time.Minute, first, second)
		a, b := first.times(), second.times()
		if len(a) == 0 || len(b) == 0 {
			t.Fatalf("asked %d and %d times", len(a), len(b))
		}
		if apart := a[0].Sub(b[0]).Abs(); apart > 200*time.Millisecond {
			t.Errorf("the other one is asked %v later", apart)
		}
		// Each round waits for one of them: 4 to 8 s.
		if rounds := len(a) + len(b); rounds < 14 || rounds > 32 {
			t.Errorf("%d handshakes in a minute", rounds)
		}
	})
}
