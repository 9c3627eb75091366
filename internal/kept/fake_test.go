package kept

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(driving) != "" {
		drive()
		return
	}
	goleak.VerifyTestMain(m)
}

// fake is a socket in virtual time that counts the deadlines it is given, and the reads.
type fake struct {
	net.Conn
	reads, writes, read int
}

// faked returns a connection, its socket and its peer.
func faked(t *testing.T) (*Conn, *fake, net.Conn) {
	here, there := net.Pipe()
	s := &fake{Conn: here}
	c := New(s)
	t.Cleanup(func() {
		c.Close()
		there.Close()
	})
	return c, s, there
}

func (f *fake) SetReadDeadline(t time.Time) error  { f.reads++; return f.Conn.SetReadDeadline(t) }
func (f *fake) SetWriteDeadline(t time.Time) error { f.writes++; return f.Conn.SetWriteDeadline(t) }
func (f *fake) Read(p []byte) (int, error)         { f.read++; return f.Conn.Read(p) }
func (f *fake) CloseWrite() error                  { return errors.ErrUnsupported }

func (f *fake) ReadFrom(src io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f.Conn}, src)
}

// result is how a call ended, and how long after its beginning.
type result struct {
	n     int
	err   string
	after time.Duration
}

// calling makes a call and returns where its result will be.
func calling(call func() (int, error)) <-chan result {
	results := make(chan result, 1)
	begun := time.Now()
	go func() {
		n, err := call()
		results <- result{n, kind(err), time.Since(begun)}
	}()
	return results
}

// kind says what an error is, however it is wrapped.
func kind(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.Is(err, io.ErrClosedPipe):
		return "closed"
	default:
		return err.Error()
	}
}

func reading(c net.Conn, n int) <-chan result {
	return calling(func() (int, error) { return c.Read(make([]byte, n)) })
}

func writing(c net.Conn, n int) <-chan result {
	return calling(func() (int, error) { return c.Write(make([]byte, n)) })
}

func in(d time.Duration) time.Time { return time.Now().Add(d) }

var longAgo = time.Unix(1, 0) // what net/http ends reads with
