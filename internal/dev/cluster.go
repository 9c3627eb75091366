package dev

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"heureka/cluster"
)

// Cluster is several nodes in this process that start and stop together.
type Cluster struct {
	servers []*Server
}

// NewCluster makes the nodes, which listen already. Write nodes must come first.
func NewCluster(nodes []Node, settings Settings) (*Cluster, error) {
	c := &Cluster{}
	known := append([]Node(nil), nodes...) // with the ports that the system chose so far
	for i, node := range nodes {
		s, err := NewServer(node, writesOf(known), settings)
		if err != nil {
			c.discard()
			return nil, err
		}
		known[i] = s.Node
		c.servers = append(c.servers, s)
	}
	return c, nil
}

// Nodes returns the nodes of that role with the addresses they listen on.
func (c *Cluster) Nodes(role cluster.Role) []Node {
	var nodes []Node
	for _, s := range c.servers {
		if s.Node.Role == role {
			nodes = append(nodes, s.Node)
		}
	}
	return nodes
}

// Run runs all nodes until ctx ends or one fails, calls ready once when all are,
// and returns when all have ended: the read nodes first, while the NATS of the
// write nodes still carries their last word. It is called once.
func (c *Cluster) Run(ctx context.Context, ready func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var reads, writes sync.WaitGroup
	last, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	for _, s := range c.servers {
		until, running := ctx, &reads
		if s.Node.Role == cluster.Write {
			until, running = last, &writes
		}
		running.Go(func() {
			if err := s.Run(until); err != nil {
				cancel(fmt.Errorf("%s: %w", s.Node.Name, err))
			}
		})
	}
	if c.awaitReady(ctx) {
		ready()
	}
	<-ctx.Done()
	reads.Wait()
	stop()
	writes.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (c *Cluster) awaitReady(ctx context.Context) bool {
	for _, s := range c.servers {
		select {
		case <-s.Ready():
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// discard closes nodes that will never run.
func (c *Cluster) discard() {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	for _, s := range c.servers {
		s.Kill()
		_ = s.Run(over) // closes what it listens on
	}
}

func writesOf(nodes []Node) []Node {
	var writes []Node
	for _, n := range nodes {
		if n.Role == cluster.Write {
			writes = append(writes, n)
		}
	}
	return writes
}
