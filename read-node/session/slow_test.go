package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"heureka/internal/socket"
	"heureka/read-node/fanout"
	"heureka/wire"

	"github.com/coder/websocket"
)

// filler is a frame of which a few fill all buffers between a session and its peer.
func filler() []byte { return lines(`{"type":"heartbeat"}` + strings.Repeat(" ", 60<<10) + "\n") }

// stick hands over frames until one is stuck, and returns how many. A frame is, that
// hasn't left in a time in which the others did many times over, and whose goroutine
// waits for the socket: on a busy machine it may not have tried yet.
func (st *stage) stick(s *Session) int {
	st.t.Helper()
	frame, slowest := filler(), 10*time.Millisecond
	for n := 1; n < 10_000; n++ {
		start := time.Now()
		if s.Send(frame) {
			continue
		}
		if st.sticks(s, 10*slowest) {
			return n
		}
		slowest = max(slowest, time.Since(start))
	}
	st.t.Fatal("a peer that doesn't read takes everything")
	return 0
}

// sticks reports whether what was handed over last is stuck for that long, or until its
// session ends.
func (st *stage) sticks(s *Session, long time.Duration) bool {
	again := time.NewTicker(long)
	defer again.Stop()
	for {
		select {
		case <-st.hub.written:
			return false
		case <-s.Ended():
			return true
		case <-again.C:
			if waitsForSocket() {
				return true
			}
		}
	}
}

// waitsForSocket reports whether a goroutine that writes a backlog does.
func waitsForSocket() bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for one := range strings.SplitSeq(string(stacks), "\n\n") {
		state, _, _ := strings.Cut(one, "\n")
		if strings.Contains(state, "[IO wait") && strings.Contains(one, "(*Session).drain(") {
			return true
		}
	}
	return false
}

// TestAPeerThatDoesNotReadIsGivenUpAndCanLearnWhy lets a peer read on after it was
// given up.
func TestAPeerThatDoesNotReadIsGivenUpAndCanLearnWhy(t *testing.T) {
	st := newStage(t, func(c *Config) {
		c.Patience = 500 * time.Millisecond
		c.CloseTimeout = 100 * time.Millisecond
	})
	p, s := st.greeted()
	sent := st.stick(s)
	if code := <-st.errors; code != wire.CodeTooSlow {
		t.Fatalf("ended with %d", code)
	}
	<-st.hub.closed
	for range sent {
		if m, ok := p.next().(*wire.Heartbeat); !ok {
			t.Fatalf("got %+v", m)
		}
	}
	p.refused(wire.CodeTooSlow)
	if stats := st.door.Stats(); stats.GivenUp != 1 || stats.Stuck != 0 {
		t.Errorf("stats = %+v", stats)
	}
	select {
	case <-st.hub.written:
		t.Error("the hub was told that the frame has left")
	default:
	}
}

// TestAPeerThatReadsAgainWasNotDisconnected stops reading, pings all the while, and
// reads again.
func TestAPeerThatReadsAgainWasNotDisconnected(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	sent := st.stick(s)
	if stats := st.door.Stats(); stats.Stuck != 1 {
		t.Errorf("stats = %+v", stats)
	}
	s.GoAway(time.Second)
	for range sent {
		if _, ok := p.next().(*wire.Heartbeat); !ok {
			t.Fatal("no heartbeat")
		}
	}
	if m, ok := p.next().(*wire.GoAway); !ok {
		t.Errorf("got %+v", m)
	}
	<-st.hub.written
	st.send(s, lines(`{"type":"heartbeat"}`+"\n"))
	if _, ok := p.next().(*wire.Heartbeat); !ok {
		t.Error("no heartbeat")
	}
}

// TestADrainedPeerThatDoesNotReadCanLearnWhy stops a session whose frame is stuck;
// the peer reads on later.
func TestADrainedPeerThatDoesNotReadCanLearnWhy(t *testing.T) {
	st := newStage(t, func(c *Config) { c.CloseTimeout = 50 * time.Millisecond })
	p, s := st.greeted()
	sent := st.stick(s)
	s.Stop(wire.NewError(wire.CodeDraining, "this node stops"))
	<-st.hub.closed
	for range sent {
		if _, ok := p.next().(*wire.Heartbeat); !ok {
			t.Fatal("no heartbeat")
		}
	}
	p.refused(wire.CodeDraining)
}

// TestAPeerThatDoesNotReadIsNotListenedTo has a peer speak that takes no answers:
// in the end it can't.
func TestAPeerThatDoesNotReadIsNotListenedTo(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	st.stick(s)
	ctx, cancel := context.WithTimeout(p.ctx, 300*time.Millisecond)
	defer cancel()
	nonsense := []byte(`{"type":"nonsense"}` + strings.Repeat(" ", 200<<10))
	for range 1000 {
		if err := p.conn.Write(ctx, websocket.MessageText, nonsense); err != nil {
			if n := len(st.errors); n > 1 {
				t.Errorf("it was listened to %d times", n)
			}
			return
		}
	}
	t.Error("all that it said was heard")
}

// trickle is a connection that takes so many bytes of each write before its
// deadline passes.
type trickle struct {
	net.Conn
	takes []int
	got   bytes.Buffer
}

func (c *trickle) SetWriteDeadline(time.Time) error { return nil }
func (c *trickle) SetReadDeadline(time.Time) error  { return nil }
func (c *trickle) Close() error                     { return nil }

func (c *trickle) Write(p []byte) (int, error) {
	if len(c.takes) == 0 {
		return 0, io.ErrClosedPipe
	}
	n := min(c.takes[0], len(p))
	c.takes = c.takes[1:]
	c.got.Write(p[:n])
	if n < len(p) {
		return n, os.ErrDeadlineExceeded
	}
	return n, nil
}

func TestPatienceCountsFromTheLastByte(t *testing.T) {
	for name, c := range map[string]struct {
		takes   []int
		n       int
		left    bool
		givenUp uint64
	}{
		"all at once":             {[]int{5}, 5, true, 0},
		"a byte now and then":     {[]int{1, 1, 1, 1, 1}, 5, true, 0},
		"some, then nothing":      {[]int{3, 0, 2}, 3, false, 1},
		"nothing":                 {[]int{0}, 0, false, 1},
		"some, then it is closed": {[]int{2}, 2, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, nil)
			peer := &trickle{takes: c.takes}
			s := newSession(st.door, fanout.SessionID(1), wire.FormatJSON)
			s.take(socket.Taken{Conn: peer})
			s.held = false
			if s.Send([]byte("hello")) {
				t.Error("what can't be tried has left at once")
			}
			s.writing.Wait()
			if got := peer.got.String(); got != "hello"[:c.n] {
				t.Errorf("the peer got %q", got)
			}
			if left := len(st.hub.written) == 1; left != c.left || s.stopped() == c.left {
				t.Errorf("left: %t, ended: %t", left, s.stopped())
			}
			if n := st.door.Stats().GivenUp; n != c.givenUp {
				t.Errorf("%d were given up", n)
			}
		})
	}
}

// TestAPongWaitsForTheFrameUnderWay has one wait while a frame is cut in pieces.
func TestAPongWaitsForTheFrameUnderWay(t *testing.T) {
	peer := &trickle{takes: []int{2, 1, 4, 4}}
	s := newSession(newStage(t, nil).door, fanout.SessionID(1), wire.FormatJSON)
	s.take(socket.Taken{Conn: peer})
	s.held = false
	s.backlog = &backlog{begun: true, frames: [][]byte{[]byte("llo"), []byte("next")}, pong: []byte("PONG"), done: make(chan struct{})}
	s.start()
	s.writing.Wait()
	if got := peer.got.String(); got != "lloPONGnext" {
		t.Errorf("the peer got %q", got)
	}
}

// TestNoWordFollowsACloseFrame lets a peer close while frames come.
func TestNoWordFollowsACloseFrame(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	over := make(chan struct{})
	go func() {
		defer close(over)
		for !s.stopped() {
			if s.Send(lines(`{"type":"heartbeat"}` + "\n")) {
				continue
			}
			select {
			case <-st.hub.written:
			case <-s.Ended():
			}
		}
	}()
	if err := p.conn.Close(websocket.StatusNormalClosure, "bye"); err != nil {
		t.Error(err)
	}
	<-over
	<-st.hub.closed
	if s.Send(lines("\n")) {
		t.Error("a frame has left behind the end")
	}
	var closed websocket.CloseError
	if _, err := p.read(); errors.As(err, &closed) && closed.Code != websocket.StatusNormalClosure {
		t.Errorf("closed with %v", err)
	}
}
