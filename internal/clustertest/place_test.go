package clustertest

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"testing"
)

// place is a network that processes and clients live in.
type place interface {
	// inside calls the function on a thread of that network: sockets that it
	// opens and processes that it starts belong there. The thread is the
	// function's own.
	inside(func() error) error
}

// webIn returns an HTTP client whose connections begin in the place. The test's
// end closes those that nobody uses.
func webIn(t *testing.T, p place) *http.Client {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (conn net.Conn, err error) {
			err = p.inside(func() error {
				conn, err = new(net.Dialer).DialContext(ctx, network, address)
				return err
			})
			return conn, err
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// loopback is the network of the test itself.
type loopback struct{}

func (loopback) inside(f func() error) error {
	// The kernel ties a child to the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}
