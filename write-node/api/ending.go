package api

import (
	"context"
	"errors"
	"net"
	"syscall"

	"heureka/write-node/owner"
)

// ending tells why the session, whose reader ended with err, is over. A close
// frame, a FIN and a RST are the client's: the kernel sends one of the latter for
// a process that is killed. A client that said something that ends the connection
// was alive. What remains is silence: nothing came, no byte was taken, or the
// network says that it can't reach the client.
func (s *session) ending(err error) owner.Ending {
	if s.silence.Load() {
		return owner.GivenUp
	}
	for _, e := range []error{err, context.Cause(s.ctx)} {
		if unreachable(e) {
			return owner.GivenUp
		}
	}
	return owner.Left
}

// unreachable reports whether an error of a connection says that its peer took
// or acknowledged nothing.
func unreachable(err error) bool {
	for _, is := range []error{errTooSlow, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.ENETDOWN} {
		if errors.Is(err, is) {
			return true
		}
	}
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
