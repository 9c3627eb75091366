package api

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heureka/wire"
	"heureka/write-node/owner"

	"github.com/coder/websocket"
)

// unwritten returns how many batches wait for their answers to leave.
func (b *bench) unwritten() float64 {
	b.Helper()
	families, err := b.metrics.Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "heureka_write_unwritten_batches" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	b.Fatal("no such gauge")
	return 0
}

// narrow is a listener whose connections keep little for their peer.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	conn, err := n.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetWriteBuffer(4096)
	}
	return conn, err
}

// onNarrowSockets serves clients that take little that they don't read.
func onNarrowSockets(t *testing.T, cfg Config) *bench {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, cfg, owner.DefaultConfig(), narrow{ln}, func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(16 << 10)
		}
		return conn, err
	})
}

// beats returns a frame of heartbeats with the numbers from first on.
func beats(t testing.TB, first uint64, count int) string {
	var frame strings.Builder
	for n := range uint64(count) {
		frame.WriteString(line(t, &wire.Heartbeat{Seq: first + n}))
	}
	return frame.String()
}

// TestAnswersThatDontLeaveAtOnce lets a client say more than its socket takes the
// answers of, with pings between, and then read: it gets each answer, in order, and
// whole frames only, or its library would say so.
func TestAnswersThatDontLeaveAtOnce(t *testing.T) {
	for name, each := range map[string]int{"in small frames": 200, "in frames that leave in parts": 6_000} {
		t.Run(name, func(t *testing.T) { leaveLater(t, each) })
	}
}

func leaveLater(t *testing.T, each int) {
	const last = 1 << 40
	cfg := config()
	cfg.Batch, cfg.Batches, cfg.MaxMessage, cfg.MaxFrame = 6_000, 3, 1<<20, 1<<20
	b := onNarrowSockets(t, cfg)
	c := b.open("p", 1)
	var stuck atomic.Bool
	var saying sync.WaitGroup
	defer saying.Wait()
	talking, stop := context.WithCancel(t.Context())
	defer stop()
	saying.Go(func() {
		for seq := uint64(1); !stuck.Load(); seq += uint64(each) {
			if c.conn.Write(talking, websocket.MessageText, []byte(beats(t, seq, each))) != nil {
				return
			}
			saying.Go(func() { _ = c.conn.Ping(talking) }) // of those that wait, only the newest is answered
		}
		_ = c.conn.Write(talking, websocket.MessageText, []byte(beats(t, last, 1)))
	})
	patience := time.After(time.Minute)
	for b.unwritten() < float64(cfg.Batches) {
		select {
		case <-time.After(time.Millisecond):
		case <-patience:
			t.Fatal("everything leaves at once: the test tests nothing")
		}
	}
	stuck.Store(true)
	for seq := uint64(1); ; seq++ {
		ack, ok := c.receive().(*wire.Ack)
		if ok && ack.Seq == last {
			break
		}
		if !ok || ack.Seq != seq {
			t.Fatalf("got %+v, want the ack of %d", ack, seq)
		}
	}
	for b.unwritten() != 0 { // the client may be faster than its slot
		select {
		case <-time.After(time.Millisecond):
		case <-patience:
			t.Fatalf("%v batches still wait", b.unwritten())
		}
	}
}

// TestAClientThatClosesIsAnswered closes in the middle of answers, again and again:
// the closing handshake comes to its end.
func TestAClientThatClosesIsAnswered(t *testing.T) {
	b := onSockets(t, config())
	for n := range uint64(50) {
		c := b.open(fmt.Sprint("p", n), 1)
		c.send(beats(t, 1, 100))
		if err := c.conn.Close(websocket.StatusNormalClosure, "bye"); err != nil {
			t.Fatalf("closing the connection %d: %v", n, err)
		}
	}
}

// TestPingsAreAnsweredBetweenAnswers pings while answers leave.
func TestPingsAreAnsweredBetweenAnswers(t *testing.T) {
	b := onSockets(t, config())
	c := b.open("p", 1)
	read := make(chan error, 1)
	const turns = 200
	go func() {
		seq := 0
		for seq < turns {
			_, frame, err := c.conn.Read(t.Context())
			if err != nil {
				read <- err
				return
			}
			seq += strings.Count(string(frame), "\n")
		}
		read <- nil
		_, _, _ = c.conn.Read(t.Context()) // for the last pongs
	}()
	for n := range uint64(turns) {
		c.send(beats(t, n+1, 1))
		if n%10 == 0 {
			if err := c.conn.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := <-read; err != nil {
		t.Fatal(err)
	}
}
