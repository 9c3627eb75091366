package dev

import (
	"context"
	"fmt"
	"io"
	"strings"

	"heureka/cluster"
	read "heureka/read-node/server"
	write "heureka/write-node/server"
)

// Server is a node that runs in this process.
type Server struct {
	// Node has the addresses that the node listens on, also where the plan left
	// the port to the system.
	Node Node

	server
}

// server is what the servers of both roles can do.
type server interface {
	// Run serves until ctx ends and then stops gracefully. It is called once, and
	// returns when all that it started has ended.
	Run(ctx context.Context) error
	// Ready is closed when clients are served.
	Ready() <-chan struct{}
	// Kill makes Run return without a word to anyone.
	Kill()
}

// NewServer makes a node that listens already, one of a cluster with those write
// nodes. Where a port of theirs is 0, it isn't known yet: a node finds those that
// come after it through those that came before.
func NewServer(node Node, writes []Node, settings Settings) (*Server, error) {
	s := &Server{Node: node}
	var err error
	if node.Role == cluster.Write {
		err = s.write(writes, settings)
	} else {
		err = s.read(writes, settings)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", node.Name, err)
	}
	return s, nil
}

func (s *Server) write(writes []Node, settings Settings) error {
	var peers []string
	for _, n := range writes {
		if n.Name != s.Node.Name && known(n.Routes) {
			peers = append(peers, n.Routes)
		}
	}
	w, err := write.New(settings.write(s.Node, len(writes), peers), settings.Log)
	if err != nil {
		return err
	}
	a := w.Addresses()
	s.Node.HTTP, s.Node.Admin, s.Node.NATS, s.Node.Routes = a.HTTP, a.Admin, a.NATS, a.Routes
	s.server = w
	return nil
}

func (s *Server) read(writes []Node, settings Settings) error {
	var nats []string
	for _, n := range writes {
		if known(n.NATS) {
			nats = append(nats, "nats://"+n.NATS)
		}
	}
	r, err := read.New(settings.read(s.Node, nats), settings.Log)
	if err != nil {
		return err
	}
	a := r.Addresses()
	s.Node.HTTP, s.Node.Admin = a.HTTP, a.Admin
	s.server = r
	return nil
}

func known(address string) bool { return address != "" && !strings.HasSuffix(address, ":0") }

// RunNode runs one node in this process until ctx ends, and announces it when it
// is ready.
func RunNode(ctx context.Context, node Node, writes []Node, settings Settings, out io.Writer) error {
	s, err := NewServer(node, writes, settings)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-s.Ready():
	}
	if err := Announce(out, s.Node); err != nil {
		cancel()
		<-ended
		return err
	}
	return <-ended
}
