package session

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// trickle is a connection that takes so many bytes of each write before its
// deadline passes.
type trickle struct {
	net.Conn
	takes []int
	got   []byte
}

func (c *trickle) SetWriteDeadline(time.Time) error { return nil }

func (c *trickle) Write(p []byte) (int, error) {
	if len(c.takes) == 0 {
		return 0, io.ErrClosedPipe
	}
	n := min(c.takes[0], len(p))
	c.takes = c.takes[1:]
	c.got = append(c.got, p[:n]...)
	if n < len(p) {
		return n, os.ErrDeadlineExceeded
	}
	return n, nil
}

func TestPatienceCountsFromTheLastByte(t *testing.T) {
	for name, c := range map[string]struct {
		takes []int
		n     int
		err   error
	}{
		"all at once":             {[]int{5}, 5, nil},
		"a byte now and then":     {[]int{1, 1, 1, 1, 1}, 5, nil},
		"some, then nothing":      {[]int{3, 0, 2}, 3, os.ErrDeadlineExceeded},
		"nothing":                 {[]int{0}, 0, os.ErrDeadlineExceeded},
		"some, then it is closed": {[]int{2}, 2, io.ErrClosedPipe},
	} {
		t.Run(name, func(t *testing.T) {
			peer := &trickle{takes: c.takes}
			n, err := (&patient{peer, time.Minute}).Write([]byte("hello"))
			if n != c.n || !errors.Is(err, c.err) {
				t.Errorf("wrote %d, %v", n, err)
			}
			if string(peer.got) != "hello"[:c.n] {
				t.Errorf("the peer got %q", peer.got)
			}
		})
	}
}
