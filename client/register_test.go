package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heureka/client"
	"heureka/model"
	"heureka/wire"
)

// registered registers an instance at a node that acknowledges it.
func registered(t *testing.T, c *client.Client, n *node, inst *model.Instance) (*client.Registration, *peer) {
	t.Helper()
	wait := async(func() (*client.Registration, error) { return c.Register(t.Context(), inst) })
	p, _ := n.welcomed()
	p.say(&wire.Ack{Seq: next[*wire.Register](p).Seq, Version: "v1"})
	h, err := wait(t)
	if err != nil {
		t.Fatal(err)
	}
	return h, p
}

func TestRegistrationFromFirstWordToLast(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	register := async(func() (*client.Registration, error) { return c.Register(t.Context(), up("orders", "o-1")) })

	p, hello := n.welcomed()
	if p.path != wire.PathRegistrations {
		t.Errorf("connected to %s", p.path)
	}
	if hello.Process == "" || hello.Connection != 1 || hello.Version != wire.ProtocolVersion {
		t.Errorf("hello %+v", hello)
	}
	said := next[*wire.Register](p)
	if said.Instance.App != "ORDERS" || said.Acked != "" {
		t.Errorf("register %+v", said)
	}
	p.say(&wire.Ack{Seq: said.Seq, Version: "v1"})
	h, err := register(t)
	if err != nil {
		t.Fatal(err)
	}
	want := client.RegistrationStatus{Registered: true, Node: n.addr, Version: "v1"}
	if got := h.Status(); got != want {
		t.Errorf("status %+v, want %+v", got, want)
	}

	update := asyncErr(func() error {
		return h.Update(t.Context(), func(in *model.Instance) { in.Status = model.StatusDown })
	})
	patch := next[*wire.Update](p)
	if fields := patch.Set.Fields(); len(fields) != 1 || fields[0] != "status" {
		t.Errorf("patch of %v", fields)
	}
	p.say(&wire.Ack{Seq: patch.Seq, Version: "v2"})
	if err := update(t); err != nil {
		t.Fatal(err)
	}

	whole := up("orders", "o-1")
	whole.VIP = "shop"
	replace := asyncErr(func() error { return h.Replace(t.Context(), whole) })
	patch = next[*wire.Update](p)
	if fields := patch.Set.Fields(); len(fields) != 2 {
		t.Errorf("patch of %v", fields)
	}
	p.say(&wire.Ack{Seq: patch.Seq, Version: "v3"})
	if err := replace(t); err != nil {
		t.Fatal(err)
	}
	if got := h.Instance(); got.VIP != "shop" || got.Status != model.StatusUp {
		t.Errorf("instance %+v", got)
	}

	unregister := asyncErr(func() error { return h.Unregister(t.Context()) })
	p.say(&wire.Ack{Seq: next[*wire.Unregister](p).Seq})
	if err := unregister(t); err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	if err := h.Err(); !errors.Is(err, client.ErrUnregistered) {
		t.Errorf("Err %v", err)
	}
	if err := h.Update(t.Context(), func(*model.Instance) {}); !errors.Is(err, client.ErrUnregistered) {
		t.Errorf("update after unregister: %v", err)
	}
}

func TestRegistrationSurvivesItsNode(t *testing.T) {
	a, b := startNode(t), startNode(t)
	cfg := quick(a)
	cfg.WriteNodes = append(cfg.WriteNodes, b.addr)
	c := open(t, cfg, a, b)
	register := async(func() (*client.Registration, error) { return c.Register(t.Context(), up("A", "1")) })
	var first, second *node
	var p *peer
	select { // it begins at either
	case p = <-a.peers:
		first, second = a, b
	case p = <-b.peers:
		first, second = b, a
	}
	hello := next[*wire.Hello](p)
	p.say(&wire.Welcome{Version: 1, Node: "x", HeartbeatMs: 10_000})
	p.say(&wire.Ack{Seq: next[*wire.Register](p).Seq, Version: "v1"})
	h, err := register(t)
	if err != nil {
		t.Fatal(err)
	}

	// A change is on its way when the node dies: the next one gets it whole.
	update := asyncErr(func() error {
		return h.Update(t.Context(), func(in *model.Instance) { in.Status = model.StatusDown })
	})
	next[*wire.Update](p)
	first.die(p)
	q, again := second.welcomed()
	if again.Process != hello.Process || again.Connection != hello.Connection+1 {
		t.Errorf("hello %+v after %+v", again, hello)
	}
	said := next[*wire.Register](q)
	if said.Acked != "v1" || said.Instance.Status != model.StatusDown {
		t.Errorf("registered again with %+v", said)
	}
	q.say(&wire.Ack{Seq: said.Seq, Version: "v2"})
	if err := update(t); err != nil {
		t.Fatal(err)
	}
	if h.Err() != nil {
		t.Errorf("Err %v", h.Err())
	}
}

func TestRegisterFailsForWhatCantBeAccepted(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	register := async(func() (*client.Registration, error) { return c.Register(t.Context(), up("A", "1")) })
	p, _ := n.welcomed()
	said := next[*wire.Register](p)
	p.say(wire.NewError(wire.CodeInvalidInstance, "no").For(said.Seq))
	if _, err := register(t); !isError(err, wire.CodeInvalidInstance) {
		t.Fatalf("error %v", err)
	}
	// Not said again; the key is free.
	register = async(func() (*client.Registration, error) { return c.Register(t.Context(), up("A", "1")) })
	p.say(&wire.Ack{Seq: next[*wire.Register](p).Seq, Version: "v1"})
	h, err := register(t)
	if err != nil {
		t.Fatal(err)
	}

	// A refused update leaves it as it was.
	update := asyncErr(func() error { return h.Update(t.Context(), func(in *model.Instance) { in.VIP = "x" }) })
	p.say(wire.NewError(wire.CodeInvalidInstance, "no").For(next[*wire.Update](p).Seq))
	if err := update(t); !isError(err, wire.CodeInvalidInstance) {
		t.Errorf("update: %v", err)
	}
	if h.Instance().VIP != "" || h.Err() != nil {
		t.Errorf("%+v, %v", h.Instance(), h.Err())
	}

	// Refused when it is said again: over, and the application can know.
	p.say(&wire.Again{App: "A", ID: "1"})
	p.say(wire.NewError(wire.CodeTooManyRegistrations, "no").For(next[*wire.Register](p).Seq))
	<-h.Done()
	if !isError(h.Err(), wire.CodeTooManyRegistrations) {
		t.Errorf("Err %v", h.Err())
	}
}

func TestRegisterThatIsGivenUpIsWithdrawn(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	ctx, cancel := context.WithCancel(t.Context())
	register := async(func() (*client.Registration, error) { return c.Register(ctx, up("A", "1")) })
	p, _ := n.welcomed()
	said := next[*wire.Register](p)
	cancel()
	if _, err := register(t); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	p.say(&wire.Ack{Seq: said.Seq, Version: "v1"})
	next[*wire.Unregister](p)
}

func TestRegisterSaysWhyItCouldntConnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // so that it has tried when the time is over
		cfg := quick()
		cfg.WriteNodes, cfg.HTTPClient = []string{"a:1"}, &http.Client{Transport: &http.Transport{DialContext: refuse}}
		c := open(t, cfg)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := c.Register(ctx, up("A", "1"))
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no connection") || !errors.Is(err, errRefused) {
			t.Errorf("error %v", err)
		}
	})
}

var errRefused = errors.New("refused")

// refuse dials nodes that aren't there.
func refuse(context.Context, string, string) (net.Conn, error) { return nil, errRefused }

func TestAgainIsAnsweredWithTheWhole(t *testing.T) {
	n := startNode(t)
	c := open(t, quick(n), n)
	_, p := registered(t, c, n, up("A", "1"))
	p.say(&wire.Again{App: "A", ID: "1"})
	if said := next[*wire.Register](p); said.Acked != "v1" {
		t.Errorf("register %+v", said)
	}
}

func TestWhereToGoNext(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*peer)
		here bool
	}{
		{"a go-away leads elsewhere", func(p *peer) { p.say(&wire.GoAway{}) }, false},
		{"a lost connection leads elsewhere", (*peer).drop, false},
		{"a normal close leads elsewhere", func(p *peer) { p.close(1000) }, false},
		{"draining leads elsewhere", func(p *peer) { p.close(wire.CodeDraining.CloseCode()) }, false},
		{"an unknown code leads elsewhere", func(p *peer) { p.close(4999) }, false},
		{"silent may come back", func(p *peer) { p.close(wire.CodeSilent.CloseCode()) }, true},
		{"an error line counts as the close code does", func(p *peer) { p.say(wire.NewError(wire.CodeSilent, "")) }, true},
		{"nonsense leads elsewhere", func(p *peer) { p.socket.Write(context.Background(), 1, []byte("nonsense")) }, false},
		{"binary leads elsewhere", func(p *peer) { p.socket.Write(context.Background(), 2, []byte("{}")) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nodes := []*node{startNode(t), startNode(t)}
			c := open(t, quick(nodes...), nodes...)
			register := async(func() (*client.Registration, error) { return c.Register(t.Context(), up("A", "1")) })
			p, at := whichever(t, nodes)
			next[*wire.Hello](p)
			p.say(&wire.Welcome{Version: 1})
			p.say(&wire.Ack{Seq: next[*wire.Register](p).Seq, Version: "v1"})
			if _, err := register(t); err != nil {
				t.Fatal(err)
			}
			tt.end(p)
			if _, then := whichever(t, nodes); (then == at) != tt.here {
				t.Errorf("from node %d to node %d", at, then)
			}
		})
	}
}

// whichever waits for a connection to either of two nodes.
func whichever(t *testing.T, nodes []*node) (*peer, int) {
	t.Helper()
	select {
	case p := <-nodes[0].peers:
		return p, 0
	case p := <-nodes[1].peers:
		return p, 1
	case <-time.After(patience):
		t.Fatal("nobody connected")
		return nil, 0
	}
}

func TestMessagesOfNewerNodesAreIgnored(t *testing.T) {
	n := startNode(t)
	n.old = true // it speaks JSON
	c := open(t, quick(n), n)
	h, p := registered(t, c, n, up("A", "1"))
	if err := p.socket.Write(t.Context(), 1, []byte(`{"type":"novelty"}`+"\n\n"+`{"type":"again","app":"A","id":"1"}`)); err != nil {
		t.Fatal(err)
	}
	next[*wire.Register](p)
	if h.Err() != nil {
		t.Error(h.Err())
	}
}

func TestManyRegistrationsOnOneConnection(t *testing.T) {
	const many = 1000
	n := startNode(t)
	c := open(t, quick(n), n)
	held := make(chan map[model.Key]*wire.Register, 2)
	serve := func(version string) (stop func()) {
		p, _ := n.welcomed()
		go func() { held <- p.ackAll(version) }()
		return p.drop
	}
	var all sync.WaitGroup
	failures := make(chan error, many)
	for i := range many {
		all.Go(func() {
			if _, err := c.Register(t.Context(), up("A", fmt.Sprint(i))); err != nil {
				failures <- err
			}
		})
	}
	drop := serve("v1")
	all.Wait()
	close(failures)
	for err := range failures {
		t.Fatal(err)
	}
	drop()
	if got := <-held; len(got) != many {
		t.Fatalf("%d registered, want %d", len(got), many)
	}

	// The next connection hears of all of them.
	drop = serve("v2")
	_, err := c.Register(t.Context(), up("A", "last"))
	if err != nil {
		t.Fatal(err)
	}
	drop()
	got := <-held
	if len(got) != many+1 {
		t.Fatalf("%d registered again, want %d", len(got), many+1)
	}
	for key, said := range got {
		if key.ID != "last" && said.Acked != "v1" {
			t.Fatalf("%s registered again with %q", key, said.Acked)
		}
	}
}

func TestRegisterConditions(t *testing.T) {
	n := startNode(t)
	cfg := quick(n)
	cfg.ReadNodes = nil
	c := open(t, cfg, n)
	h, p := registered(t, c, n, up("A", "1"))
	if _, err := c.Register(t.Context(), up("a", "1")); err == nil || !strings.Contains(err.Error(), "registered already") {
		t.Errorf("registered twice: %v", err)
	}
	if _, err := c.Register(t.Context(), up("A", "")); err == nil {
		t.Error("registered without an id")
	}
	if err := h.Replace(t.Context(), up("A", "2")); err == nil {
		t.Error("replaced by another instance")
	}
	if _, err := c.Subscribe(t.Context(), full); !errors.Is(err, client.ErrNoNodes) {
		t.Errorf("subscribed without read nodes: %v", err)
	}
	update := asyncErr(func() error { return h.Update(t.Context(), func(in *model.Instance) { in.VIP = "x" }) })
	next[*wire.Update](p)
	c.Close()
	if err := update(t); !errors.Is(err, client.ErrClosed) {
		t.Errorf("update while closing: %v", err)
	}
	<-h.Done()
	if _, err := c.Register(t.Context(), up("A", "3")); !errors.Is(err, client.ErrClosed) {
		t.Errorf("registered after Close: %v", err)
	}
	c.Close()
}
