package server

import (
	"cmp"
	"context"
	"slices"
	"time"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/internal/ops"
	"heureka/model"
	"heureka/registry"
)

// eurekaNode is the node as the handler of Eureka 1 requests sees it.
type eurekaNode struct{ *Server }

// openEureka1 prepares what Eureka 1 clients are served from, and who serves it.
func (s *Server) openEureka1() {
	feed := eureka1.NewFeed(s.config.Eureka1)
	s.loop.core.eureka1 = feed
	self := eureka1.Self{Name: s.self.Name, HTTP: s.advertised(), Cluster: s.config.Cluster}
	node := eurekaNode{s}
	s.eureka1 = eureka1.NewHandler(s.config.Eureka1, self, node, feed, nil, node, "heureka_read_", s.registry, s.log)
}

func (n eurekaNode) State() eureka1.State {
	st := n.state.Load()
	return eureka1.State{
		Ready: st.ready, Stale: st.stale, Leaving: n.sessions.check() != nil, Waking: n.still.wakes(time.Since(n.loop.start)),
	}
}

func (n eurekaNode) Peers() []eureka1.Peer {
	var peers []eureka1.Peer
	for _, m := range n.state.Load().members {
		peers = append(peers, eureka1.Peer{HTTP: m.HTTP, Write: m.Role == cluster.Write, Ready: m.Ready})
	}
	return peers
}

// Look has f called by the loop.
func (n eurekaNode) Look(ctx context.Context, f func(*registry.View)) error {
	if !n.loop.ask(ctx.Done(), func(c *core) { f(c.replica.View()) }) {
		return cmp.Or(ctx.Err(), error(stopping()))
	}
	return nil
}

// merge is a request that waits until what a write node has done shows here.
type merge struct {
	dot   model.Dot
	done  chan struct{}   // closed when it shows
	ended <-chan struct{} // closed when the request waits no more
}

// Merged returns when the loop has passed on what a dot names.
func (n eurekaNode) Merged(ctx context.Context, dot model.Dot) error {
	m := merge{dot, make(chan struct{}), ctx.Done()}
	if !n.loop.ask(ctx.Done(), func(c *core) { c.merges = append(c.merges, m) }) {
		return cmp.Or(ctx.Err(), error(stopping()))
	}
	select {
	case <-m.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// merged tells those whose dots show from now on, and forgets those who wait no more.
func (c *core) merged() {
	c.merges = slices.DeleteFunc(c.merges, func(m merge) bool {
		merged := c.replica.Vector().Covers(m.dot)
		if merged {
			close(m.done)
		}
		return merged || ops.Closed(m.ended)
	})
}
