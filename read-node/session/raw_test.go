package session

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/internal/socket"
	"heureka/wire"

	"github.com/coder/websocket"
)

// rawPeer is a subscriber that sees every byte and is strict about frames: what a
// library would pass over isn't passed over here.
type rawPeer struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

// rawFrame is one frame as it came.
type rawFrame struct {
	kind    byte // the first byte
	payload []byte
}

const (
	textFrame = 0x81
	pingFrame = 0x89
)

// dialRaw makes the handshake; what is said behind it goes in the same write.
func (st *stage) dialRaw(behind []byte) *rawPeer {
	st.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(st.server.URL, "http://"))
	if err != nil {
		st.t.Fatal(err)
	}
	st.t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		st.t.Fatal(err)
	}
	p := &rawPeer{st.t, conn, bufio.NewReader(conn)}
	p.write(append([]byte("GET / HTTP/1.1\r\nHost: stage\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"), behind...))
	response, err := http.ReadResponse(p.in, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		st.t.Fatalf("%v, %v", response, err)
	}
	return p
}

// masked returns a frame of a client; the mask is zero, which changes nothing.
func masked(kind byte, payload string) []byte {
	size := []byte{byte(len(payload)) | 0x80}
	if len(payload) > 125 {
		size = binary.BigEndian.AppendUint16([]byte{126 | 0x80}, uint16(len(payload)))
	}
	return append(append(append([]byte{kind}, size...), 0, 0, 0, 0), payload...)
}

func (p *rawPeer) write(bytes []byte) {
	p.t.Helper()
	if _, err := p.conn.Write(bytes); err != nil {
		p.t.Fatal(err)
	}
}

// next returns the next frame; io.EOF between two of them only.
func (p *rawPeer) next() (rawFrame, error) {
	kind, err := p.in.ReadByte()
	if err != nil {
		return rawFrame{}, err
	}
	short, err := p.in.ReadByte()
	size := uint64(short)
	switch {
	case err != nil:
	case short == 126:
		var long uint16
		err = binary.Read(p.in, binary.BigEndian, &long)
		size = uint64(long)
	case short == 127:
		err = binary.Read(p.in, binary.BigEndian, &size)
	}
	if err != nil || size > 1<<24 {
		return rawFrame{}, fmt.Errorf("a header is cut off, or of %d bytes: %w", size, err)
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(p.in, payload); err != nil {
		return rawFrame{}, fmt.Errorf("a frame is cut off: %v", err)
	}
	return rawFrame{kind, payload}, nil
}

// expect returns the payload of the next frame, which is of that kind.
func (p *rawPeer) expect(kind byte) string {
	p.t.Helper()
	frame, err := p.next()
	if err != nil || frame.kind != kind {
		p.t.Fatalf("got %#x %.200q, %v; wanted %#x", frame.kind, frame.payload, err, kind)
	}
	return string(frame.payload)
}

// end expects nothing any more.
func (p *rawPeer) end() {
	p.t.Helper()
	if frame, err := p.next(); err != io.EOF {
		p.t.Errorf("after the close frame comes %#x %.200q, %v", frame.kind, frame.payload, err)
	}
}

const helloLine = `{"type":"hello","version":1}`

// TestWhatComesBehindTheHandshakeIsHeard says hello in the packet of the handshake.
func TestWhatComesBehindTheHandshakeIsHeard(t *testing.T) {
	for name, subscribes := range map[string]int{"in one buffer": 1, "more than the library's buffer": 30} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, nil)
			st.hub.subscribed = make(chan string, subscribes)
			behind := masked(textFrame, helloLine)
			for range subscribes {
				behind = append(behind, masked(textFrame, `{"type":"subscribe","seq":1,"interests":[{"kind":"app","value":"a"}]}`)...)
			}
			p := st.dialRaw(behind)
			if got := p.expect(textFrame); !strings.Contains(got, `"welcome"`) {
				t.Errorf("got %q", got)
			}
			for range subscribes {
				<-st.hub.subscribed
			}
		})
	}
}

// TestPingsBetweenFrames floods a session with pings while frames are written to
// it, and looks at every byte that comes.
func TestPingsBetweenFrames(t *testing.T) {
	const frames, pings = 500, 5000
	st := newStage(t, nil)
	p := st.dialRaw(masked(textFrame, helloLine))
	p.expect(textFrame)
	s := <-st.hub.opened
	go func() {
		for i := range frames {
			st.send(s, lines(fmt.Sprintf("%d%s\n", i, strings.Repeat(" ", i*97%60_000))))
		}
		s.GoAway(time.Second)
	}()
	go func() {
		for i := range pings {
			if _, err := p.conn.Write(masked(pingFrame, fmt.Sprintf("%08d", i))); err != nil {
				return
			}
		}
	}()
	texts, last := 0, ""
	for texts < frames+1 || last != fmt.Sprintf("%08d", pings-1) {
		frame, err := p.next()
		if err != nil {
			t.Fatalf("after %d frames and pong %s: %v", texts, last, err)
		}
		switch frame.kind {
		case textFrame:
			if texts < frames && !strings.HasPrefix(string(frame.payload), fmt.Sprint(texts)) {
				t.Fatalf("frame %d is %.20q", texts, frame.payload)
			}
			texts++
		case socket.PongFrame:
			if string(frame.payload) <= last {
				t.Fatalf("a pong of %q after one of %q", frame.payload, last)
			}
			last = string(frame.payload)
		default:
			t.Fatalf("a frame of kind %#x", frame.kind)
		}
	}
}

// TestTheNewestPingIsAnsweredWhenThePeerReads pings a session whose frame is stuck.
func TestTheNewestPingIsAnsweredWhenThePeerReads(t *testing.T) {
	st := newStage(t, nil)
	p := st.dialRaw(masked(textFrame, helloLine))
	p.expect(textFrame)
	s := <-st.hub.opened
	sent := st.stick(s)
	for i := range 100 {
		p.write(masked(pingFrame, fmt.Sprintf("%03d", i)))
	}
	p.write(masked(textFrame, `{"type":"subscribe","seq":1,"interests":[]}`))
	<-st.hub.subscribed // so all pings have been heard
	for range sent {
		p.expect(textFrame)
	}
	if got := p.expect(socket.PongFrame); got != "099" {
		t.Errorf("the ping that is answered is %q", got)
	}
	s.GoAway(time.Second)
	p.expect(textFrame)
}

// TestACloseFrameIsTheLast ends sessions in each way while frames are written.
func TestACloseFrameIsTheLast(t *testing.T) {
	reason := strings.Repeat("r", 123) // the longest there is
	for name, c := range map[string]struct {
		say  []byte // by the peer
		stop bool   // by the node
		want string
	}{
		"the peer closes":              {masked(socket.CloseFrame, "\x03\xe8"+reason), false, "\x03\xe8" + reason},
		"the peer breaks the protocol": {masked(0xf1, "x"), false, "\x03\xea"},
		"the node stops":               {nil, true, "\x11\x96draining"},
		"both at once":                 {masked(socket.CloseFrame, "\x03\xe8"), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, nil)
			p := st.dialRaw(masked(textFrame, helloLine))
			p.expect(textFrame)
			s := <-st.hub.opened
			over := make(chan struct{})
			go func() {
				defer close(over)
				for !s.stopped() {
					if s.Send(lines(strings.Repeat(" ", 10_000) + "\n")) {
						continue
					}
					select {
					case <-st.hub.written:
					case <-s.Ended():
					}
				}
			}()
			p.expect(textFrame)
			if c.stop {
				s.Stop(wire.NewError(wire.CodeDraining, "this node stops"))
			}
			if len(c.say) > 0 {
				p.write(c.say)
			}
			frame, err := p.next()
			for err == nil && frame.kind == textFrame {
				frame, err = p.next()
			}
			if err != nil || frame.kind != socket.CloseFrame || !strings.HasPrefix(string(frame.payload), c.want) {
				t.Fatalf("closed by %#x %q, %v", frame.kind, frame.payload, err)
			}
			if len(c.say) == 0 {
				p.write(masked(socket.CloseFrame, string(frame.payload)))
			}
			p.end()
			<-over
			<-st.hub.closed
		})
	}
}

// TestTheLibraryWritesNothingButCloseFrames gives it something else to write.
func TestTheLibraryWritesNothingButCloseFrames(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	for _, write := range []func() error{
		func() error { return s.conn.Write(p.ctx, websocket.MessageText, []byte("hello")) },
		func() error { return s.conn.Write(p.ctx, websocket.MessageText, make([]byte, 1000)) },
	} {
		if err := write(); err == nil {
			t.Error("the library has written a message")
		}
	}
	s.GoAway(time.Second)
	if m, ok := p.next().(*wire.GoAway); !ok {
		t.Errorf("got %+v", m)
	}
}
