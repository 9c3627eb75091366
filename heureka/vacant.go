package main

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"heureka/internal/dev"
)

// vacant reports the first address of the nodes that somebody else listens on.
// The nodes would find out, too, but each says so where its own log goes.
func vacant(nodes []dev.Node) error {
	for _, n := range nodes {
		for _, address := range []string{n.HTTP, n.Admin, n.NATS, n.Routes} {
			if address == "" {
				continue
			}
			l, err := net.Listen("tcp", address)
			switch {
			case errors.Is(err, syscall.EADDRINUSE):
				return fmt.Errorf("%s of %s is in use: is another cluster running?", address, n.Name)
			case err != nil:
				return fmt.Errorf("%s: %w", n.Name, err)
			}
			if err := l.Close(); err != nil {
				return fmt.Errorf("%s: %w", n.Name, err)
			}
		}
	}
	return nil
}
