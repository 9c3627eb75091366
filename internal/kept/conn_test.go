package kept

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRequestsCostNoTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, peer := faked(t)
		go io.Copy(peer, peer) // echoes
		for range 1000 {
			request(t, c)
		}
		if s.reads+s.writes > 20 {
			t.Errorf("1000 requests within 10 s gave the socket %d deadlines for reads and %d for writes", s.reads, s.writes)
		}
		peer.Close()
	})
}

// request sets the deadlines that net/http sets for a request, which takes 10 ms, and
// for its answer.
func request(t *testing.T, c *Conn) {
	c.SetReadDeadline(in(10 * time.Second))
	c.SetReadDeadline(in(30 * time.Second))
	c.SetWriteDeadline(in(2 * time.Minute))
	c.SetReadDeadline(time.Time{})
	time.Sleep(10 * time.Millisecond)
	c.SetReadDeadline(longAgo)
	if got := <-reading(c, 1); got != (result{0, "timeout", 0}) {
		t.Fatalf("to look whether the client has gone: %+v", got)
	}
	c.SetReadDeadline(time.Time{})
	answer := make([]byte, 4)
	if _, err := c.Write(answer); err != nil {
		t.Fatal(err)
	}
	c.SetWriteDeadline(time.Time{})
	c.SetReadDeadline(in(2 * time.Minute))
	if _, err := c.Read(answer); err != nil {
		t.Fatal(err)
	}
}

func TestWhoSetsBothOrTakesTheSocketHasItsDeadlines(t *testing.T) {
	for name, take := range map[string]func(*Conn){
		"both":   func(c *Conn) { c.SetDeadline(time.Time{}) },
		"socket": func(c *Conn) { c.Unwrap() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s, peer := faked(t)
				c.SetReadDeadline(in(time.Second))
				c.SetWriteDeadline(in(time.Second))
				read, written := reading(c, 2), writing(c, 2)
				if got := <-read; got != <-written || got.err != "timeout" {
					t.Errorf("%+v", got)
				}
				c.SetReadDeadline(time.Time{})
				c.SetWriteDeadline(time.Time{})
				take(c)
				through(t, s, peer)
				s.reads, s.writes = 0, 0
				c.SetReadDeadline(in(time.Second))
				c.SetWriteDeadline(in(time.Second))
				if s.reads != 1 || s.writes != 1 {
					t.Errorf("the socket was given %d and %d deadlines", s.reads, s.writes)
				}
				time.Sleep(2 * time.Second)
				if _, err := s.Conn.Read(make([]byte, 1)); kind(err) != "timeout" {
					t.Error(err)
				}
				c.SetDeadline(time.Time{})
				through(t, s, peer)
			})
		})
	}
}

// through sees that something goes through a socket in either direction.
func through(t *testing.T, s *fake, peer net.Conn) {
	t.Helper()
	sent, answered := writing(s.Conn, 1), writing(peer, 1)
	for _, ended := range []<-chan result{reading(s.Conn, 1), reading(peer, 1), sent, answered} {
		if got := <-ended; got != (result{1, "", 0}) {
			t.Errorf("%+v", got)
		}
	}
}

func TestDeadlinesOfAClosedConnectionCantBeSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := faked(t)
		read, write := reading(c, 2), writing(c, 1)
		synctest.Wait()
		c.Close()
		for what, ended := range map[string]<-chan result{"a read": read, "a write": write} {
			if got := <-ended; got != (result{0, "closed", 0}) {
				t.Errorf("%s: %+v", what, got)
			}
		}
		for _, err := range []error{c.SetReadDeadline(longAgo), c.SetWriteDeadline(in(1)), c.SetDeadline(in(1))} {
			if kind(err) != "closed" {
				t.Errorf("a deadline was taken: %v", err)
			}
		}
		if got := <-reading(c, 2); got.err != "closed" {
			t.Errorf("%+v", got)
		}
	})
}

func TestASocketIsCalledOnceAfterAReadWasBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, peer := faked(t)
		gone := reading(c, 1)
		synctest.Wait()
		c.SetReadDeadline(longAgo)
		<-gone
		c.SetReadDeadline(in(time.Minute))
		go peer.Write([]byte("next"))
		if got := <-reading(c, 4); got != (result{4, "", 0}) || s.read != 2 || s.reads != 2 {
			t.Errorf("%+v after %d reads and %d deadlines", got, s.read, s.reads)
		}
	})
}

func TestDeadlinesAreNotedAgainOnceSomethingWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, peer := faked(t)
		go io.Copy(io.Discard, peer)
		if n, err := c.ReadFrom(strings.NewReader("a document")); n != 10 || err != nil {
			t.Fatal(n, err)
		}
		s.writes = 0
		if c.SetWriteDeadline(in(time.Minute)); s.writes > 0 {
			t.Error("the socket was given a deadline")
		}
		peer.Close()
	})
}

// telling is a socket that tells of the deadlines it is given.
type telling struct {
	*fake
	set chan time.Time
}

func (s telling) SetWriteDeadline(t time.Time) error {
	err := s.Conn.SetWriteDeadline(t)
	s.set <- t
	return err
}

// TestAWriteThatGoesOnIsStillOne ends the socket's deadline by hand, as virtual time
// stands still while somebody waits for a lock.
func TestAWriteThatGoesOnIsStillOne(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	s := telling{&fake{Conn: here}, make(chan time.Time, 10)}
	c := New(s)
	defer c.Close()
	c.SetWriteDeadline(in(time.Hour))
	long := calling(func() (int, error) { return c.Write([]byte("long text")) })
	<-s.set
	if _, err := io.ReadFull(there, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	short := calling(func() (int, error) { return c.Write([]byte("!")) })
	for range 1000 {
		here.SetWriteDeadline(longAgo)
		<-s.set // again
	}
	rest := make([]byte, 6)
	if _, err := io.ReadFull(there, rest); err != nil || string(rest) != " text!" {
		t.Errorf("%q, %v", rest, err)
	}
	if a, b := <-long, <-short; a.n != 9 || b.n != 1 {
		t.Errorf("%+v, %+v", a, b)
	}
}

// piping accepts what is no TCP connection.
type piping struct{ net.Listener }

func (piping) Accept() (net.Conn, error) {
	here, there := net.Pipe()
	there.Close()
	return here, nil
}

func TestTCPConnectionsAreKept(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := Listener{ln}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, ok := conn.(*Conn); !ok {
		t.Errorf("accepted a %T", conn)
	}
	if other, err := (Listener{piping{ln}}).Accept(); err != nil {
		t.Error(err)
	} else if _, ok := other.(*Conn); ok {
		t.Error("a pipe has no socket")
	}
	ln.Close()
	if _, err := (Listener{ln}).Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
