package kept

import (
	"cmp"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Socket is what a connection is made of: what *net.TCPConn has and net/http asks for.
type Socket interface {
	net.Conn
	io.ReaderFrom
	CloseWrite() error
}

// Conn is a socket whose deadlines are cheap. Timeouts are os.ErrDeadlineExceeded as
// everywhere; a call that had none left when it began may return that error itself.
type Conn struct {
	Socket
	reads, writes deadline
	writing       sync.Mutex // a write that goes on is still one write
	unlooked      atomic.Bool
}

// New makes a connection of a socket that nobody has set a deadline of.
func New(s Socket) *Conn {
	c := &Conn{Socket: s}
	now := time.Now()
	c.reads = deadline{begun: now, set: s.SetReadDeadline}
	c.writes = deadline{begun: now, set: s.SetWriteDeadline}
	return c
}

// Read reads what there is, as soon as there is something.
func (c *Conn) Read(p []byte) (int, error) {
	if c.unlooked.Load() && c.unlooked.Swap(false) && len(p) == 1 {
		return 0, nil
	}
	for {
		if err := c.reads.enter(); err != nil {
			return 0, err
		}
		n, err := c.Socket.Read(p)
		again, err := c.reads.leave(err)
		if n > 0 || !again {
			return n, err
		}
	}
}

// Write writes all of p.
func (c *Conn) Write(p []byte) (n int, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	for {
		if err := c.writes.enter(); err != nil {
			return n, err
		}
		some, err := c.Socket.Write(p[n:])
		n += some
		if again, err := c.writes.leave(err); !again {
			return n, err
		}
	}
}

// ReadFrom writes what it reads from src, in one system call where the socket can. As
// what was read and not written would be lost, the deadline is the socket's meanwhile.
func (c *Conn) ReadFrom(src io.Reader) (int64, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.writes.pass(1); err != nil {
		return 0, err
	}
	defer c.writes.pass(-1) // nothing to set, so nothing fails
	return c.Socket.ReadFrom(src)
}

// SetReadDeadline sets until when reads wait; for ever, if it is zero.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.reads.put(t) }

// SetWriteDeadline sets until when writes wait; for ever, if it is zero.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.writes.put(t) }

// SetDeadline sets both, and from now on all deadlines, at the socket.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.plain(); err != nil {
		return err
	}
	return cmp.Or(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// Unwrap returns the socket, for who takes the connection over: all that it can do is
// there. Its deadlines are those of the connection, and from now on are set there.
func (c *Conn) Unwrap() (net.Conn, error) {
	if err := c.plain(); err != nil {
		return nil, err
	}
	return c.Socket, nil
}

// plain ends all that is saved here.
func (c *Conn) plain() error {
	return cmp.Or(c.reads.pass(1), c.writes.pass(1))
}

// Close closes the connection. Calls under way end.
func (c *Conn) Close() error {
	err := c.Socket.Close()
	_ = c.plain() // deadlines of a closed socket can't be set, which whoever sets one is told from now on
	return err
}
