package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"heureka/wire"
)

type evictionsCommand struct {
	Show    showEvictions    `cmd:"" default:"withargs" help:"Show what waits for its eviction at each write node, and why."`
	Hold    holdEvictions    `cmd:"" help:"Evict nothing for a while."`
	Resume  resumeEvictions  `cmd:"" help:"End a hold. The quota goes on to count."`
	Release releaseEvictions `cmd:"" help:"Let what waits for its eviction now leave at once, without quota and whatever holds it."`
}

// evictionNodes are the flags of all these commands.
type evictionNodes struct {
	writeNodes
	Node string `help:"Only the write node of this name." placeholder:"NAME"`
	JSON bool   `name:"json" help:"What each node answers, as one JSON array, for programs."`
}

// evictionClass is the flag that picks own or taken-over instances.
type evictionClass struct {
	Class string `help:"Only these: own, whose clients spoke to the node, or adopted, which it took over." enum:",own,adopted" default:"" placeholder:"CLASS"`
}

type showEvictions struct{ evictionNodes }

// Run shows all nodes.
func (c showEvictions) Run(ctx context.Context, to console) error {
	nodes, err := c.find(ctx)
	if err != nil {
		return fmt.Errorf("evictions: %w", err)
	}
	return c.end(to, nodes, "don't answer")
}

type holdEvictions struct {
	evictionNodes
	evictionClass
	For time.Duration `help:"For how long; the nodes have a maximum." required:"" placeholder:"1h"`
}

// Validate refuses what the nodes would.
func (c holdEvictions) Validate() error {
	if c.For != 0 && c.For < time.Millisecond { // that it is missing is found out by itself
		return fmt.Errorf("--for is %v: must be at least 1ms", c.For)
	}
	return nil
}

// Run holds evictions, and shows what they are like then.
func (c holdEvictions) Run(ctx context.Context, to console) error {
	return c.order(ctx, to, evictionOrder{Do: "hold", Class: c.Class, ForMs: c.For.Milliseconds()})
}

type resumeEvictions struct {
	evictionNodes
	evictionClass
}

// Run ends a hold, and shows what evictions are like then.
func (c resumeEvictions) Run(ctx context.Context, to console) error {
	return c.order(ctx, to, evictionOrder{Do: "resume", Class: c.Class})
}

type releaseEvictions struct {
	evictionNodes
	evictionClass
	App *string `help:"Only this application." placeholder:"NAME"`
}

// Validate refuses what a script says whose variable isn't set: it doesn't mean all.
func (c releaseEvictions) Validate() error {
	if c.App != nil && *c.App == "" {
		return errors.New("--app is empty: leave it out to release all applications")
	}
	return nil
}

// Run releases what is queued, says how much that was, and shows what is left.
func (c releaseEvictions) Run(ctx context.Context, to console) error {
	return c.order(ctx, to, evictionOrder{Do: "release", Class: c.Class, App: c.App})
}

// evictionOrder is the body of a POST to wire.PathEvictions.
type evictionOrder struct {
	Do    string  `json:"do"`
	Class string  `json:"class,omitempty"`
	App   *string `json:"app,omitempty"`
	ForMs int64   `json:"forMs,omitempty"`
}

// nodeEvictions is what one node answers.
type nodeEvictions struct {
	Address   string          `json:"address"`
	Evictions json.RawMessage `json:"evictions,omitempty"`
	Error     string          `json:"error,omitempty"` // why there is no answer

	node  string // the address with its password
	state evictionState
	err   error
}

// find asks the write nodes for their evictions, all at the same time, and returns
// those that are meant.
func (c evictionNodes) find(ctx context.Context) ([]*nodeEvictions, error) {
	all := each(c.Write, func(n *nodeEvictions) { n.ask(ctx, http.MethodGet, nil) })
	if c.Node == "" {
		return all, nil
	}
	var errs []error
	for _, n := range all {
		if n.err == nil && n.state.Node == c.Node {
			return []*nodeEvictions{n}, nil
		}
		if n.err != nil {
			errs = append(errs, n.failure())
		}
	}
	return nil, errors.Join(append([]error{fmt.Errorf("no write node that answers is called %q", c.Node)}, errs...)...)
}

// order has the nodes that are meant do something, and shows what they answer.
func (c evictionNodes) order(ctx context.Context, to console, do evictionOrder) error {
	addresses := c.Write
	if c.Node != "" {
		found, err := c.find(ctx)
		if err != nil {
			return fmt.Errorf("evictions %s: %w", do.Do, err)
		}
		addresses = []string{found[0].node}
	}
	body, err := json.Marshal(do)
	if err != nil {
		return err
	}
	nodes := each(addresses, func(n *nodeEvictions) { n.ask(ctx, http.MethodPost, body) })
	if do.Do == "release" {
		released := 0
		for _, n := range nodes {
			released += n.state.Released
		}
		fmt.Fprintf(to.err, "released %d\n", released)
	}
	return c.end(to, nodes, "didn't do it")
}

// each does something with every node at the same time.
func each(addresses []string, do func(*nodeEvictions)) []*nodeEvictions {
	nodes := make([]*nodeEvictions, len(addresses))
	var asking sync.WaitGroup
	for i, address := range addresses {
		nodes[i] = &nodeEvictions{Address: shown(address), node: address}
		asking.Go(func() { do(nodes[i]) })
	}
	asking.Wait()
	return nodes
}

func (n *nodeEvictions) ask(ctx context.Context, method string, body []byte) {
	n.Evictions, n.err = request(ctx, method, n.node, wire.PathEvictions, body)
	if n.err == nil {
		n.err = json.Unmarshal(n.Evictions, &n.state)
	}
	if n.err != nil {
		n.Evictions, n.Error = nil, n.err.Error()
	}
}

func (n *nodeEvictions) failure() error { return fmt.Errorf("%s: %w", n.Address, n.err) }

// end shows the nodes and fails if one has.
func (c evictionNodes) end(to console, nodes []*nodeEvictions, failed string) error {
	if err := c.show(to, nodes); err != nil {
		return err
	}
	var errs []error
	for _, n := range nodes {
		if n.err != nil {
			errs = append(errs, n.failure())
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d write nodes %s: %w", len(errs), len(nodes), failed, errors.Join(errs...))
}
