package session

import (
	"errors"
	"net"
	"os"
	"time"
)

// patient is a connection whose writes go on as long as the peer takes a byte now
// and then. A deadline for a whole write would give up slow links and be generous
// to dead ones.
type patient struct {
	net.Conn
	patience time.Duration
}

// Write writes all of p. It fails with os.ErrDeadlineExceeded once the peer has
// taken nothing for the whole patience.
func (c *patient) Write(p []byte) (int, error) {
	written := 0
	for {
		if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
			return written, err
		}
		n, err := c.Conn.Write(p[written:])
		written += n
		if err == nil || n == 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return written, err
		}
	}
}
