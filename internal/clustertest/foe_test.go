package clustertest

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"heureka/interest"
	"heureka/wire"
)

// The first bytes of whole frames: RFC 6455, section 5.2.
const (
	textFrame   = 0x81
	binaryFrame = 0x82
	pingFrame   = 0x89
)

// foe is a subscriber that means harm: it says any bytes, and reads as it likes.
type foe struct {
	t      *testing.T
	format wire.Format
	conn   *net.TCPConn
	stream stream
	heard  []wire.Message // not looked at yet
	seq    uint64
}

// connect opens a connection for which the kernel keeps little, and says nothing.
func connect(t *testing.T, p *process, format wire.Format) *foe {
	t.Helper()
	conn, err := net.Dial("tcp", p.node.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	f := &foe{t: t, format: format, conn: conn.(*net.TCPConn)}
	if err := errors.Join(f.conn.SetReadBuffer(16<<10), conn.SetDeadline(time.Now().Add(patience))); err != nil {
		t.Fatal(err)
	}
	return f
}

// greet makes the handshake and says hello.
func greet(t *testing.T, p *process, format wire.Format) *foe {
	t.Helper()
	f := connect(t, p, format)
	f.write([]byte("GET " + wire.PathSubscriptions + " HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: " + format.Subprotocol() + "\r\n\r\n"))
	f.say(&wire.Hello{Version: wire.ProtocolVersion, Client: "foe"})
	if _, ok := f.next().(*wire.Welcome); !ok {
		t.Fatal("no welcome")
	}
	return f
}

// write reports whether the node has taken the bytes.
func (f *foe) write(bytes []byte) bool {
	_, err := f.conn.Write(bytes)
	return err == nil
}

// frame returns a client's frame; the mask is zero, which changes nothing.
func frame(kind byte, payload []byte) []byte {
	out := []byte{kind}
	switch size := len(payload); {
	case size <= 125:
		out = append(out, byte(size)|0x80)
	case size < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, 126|0x80), uint16(size))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 127|0x80), uint64(size))
	}
	return append(append(out, 0, 0, 0, 0), payload...)
}

// say says a message, and reports whether the node has taken it.
func (f *foe) say(m wire.Message) bool {
	f.t.Helper()
	payload, err := f.format.Append(nil, m)
	if err != nil {
		f.t.Fatal(err)
	}
	kind := byte(textFrame)
	if f.format == wire.FormatProto {
		kind = binaryFrame
	}
	return f.write(frame(kind, payload))
}

// subscribe says it with a token, if there is one.
func (f *foe) subscribe(token string, interests ...interest.Interest) bool {
	f.t.Helper()
	f.seq++
	return f.say(&wire.Subscribe{Seq: f.seq, Token: token, Interests: interests})
}

// next returns the node's next message, nil when it has closed the connection.
func (f *foe) next() wire.Message {
	f.t.Helper()
	buffer := make([]byte, 4096)
	for len(f.heard) == 0 {
		n, err := f.conn.Read(buffer)
		f.hear(buffer[:n])
		switch {
		case len(f.heard) > 0:
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			f.t.Fatalf("waits for the node's word: %v", err)
		}
	}
	m := f.heard[0]
	f.heard = f.heard[1:]
	return m
}

// answer returns what the node says next, but for heartbeats, which may come at any
// time, even before the foe has subscribed.
func (f *foe) answer() wire.Message {
	f.t.Helper()
	for {
		m := f.next()
		if _, beat := m.(*wire.Heartbeat); !beat {
			return m
		}
	}
}

func (f *foe) hear(bytes []byte) {
	f.t.Helper()
	err := f.stream.feed(bytes, func([]byte) {}, func(payload []byte) {
		for m, err := range f.format.Messages(payload) {
			if err != nil {
				f.t.Fatalf("the node said: %v", err)
			}
			f.heard = append(f.heard, m)
		}
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// until reads up to a message of that kind.
func until[M wire.Message](f *foe) M {
	f.t.Helper()
	for {
		switch m := f.next().(type) {
		case M:
			return m
		case nil:
			f.t.Fatalf("the node closed the connection before it said %T", *new(M))
		}
	}
}

// refused expects an error, and the end of the connection if the error closes.
func (f *foe) refused(code wire.Code) {
	f.t.Helper()
	if e := until[*wire.Error](f); e.Code != code || e.Name != code.Kind().Name {
		f.t.Errorf("refused by %d %s, wanted %d", e.Code, e.Name, code)
	}
	if code.Kind().Closes {
		if m := f.next(); m != nil {
			f.t.Errorf("after the error comes %s", m.Type())
		}
	}
}
