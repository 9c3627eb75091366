package api

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
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
	const each, most = 200, 1 << 20
	b := onNarrowSockets(t, config())
	c := b.open("p", 1)
	said := make(chan uint64, 1)
	var pings sync.WaitGroup
	pinging, stop := context.WithCancel(t.Context())
	defer pings.Wait()
	defer stop()
	go func() {
		seq := uint64(1)
		for b.unwritten() < float64(b.api.cfg.Batches) && seq < most {
			if c.conn.Write(t.Context(), websocket.MessageText, []byte(beats(t, seq, each))) != nil {
				break
			}
			seq += each
			pings.Go(func() { _ = c.conn.Ping(pinging) }) // of those that wait, only the newest is answered
		}
		said <- seq
	}()
	var end uint64
	select {
	case end = <-said:
	case <-time.After(time.Minute):
		t.Fatal("the client isn't heard any more, but it has no answers that wait")
	}
	if end >= most {
		t.Fatal("everything left at once: the test tests nothing")
	}
	for seq := uint64(1); seq < end; seq++ {
		c.wantAck(seq)
	}
	c.send(line(t, &wire.Heartbeat{Seq: end}))
	c.wantAck(end)
	if got := b.unwritten(); got != 0 {
		t.Errorf("%v batches still wait", got)
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
