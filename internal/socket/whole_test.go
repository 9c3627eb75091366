package socket

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const (
	text, binaryFrame = 1, 2
	limit             = 1000
)

// frame is one of a client.
func frame(first byte, payload string) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < long:
		b = append(b, masked|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, masked|long), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), uint64(n))
	}
	key := [4]byte{0x9a, 0x00, 0xff, 0x31}
	b = append(b, key[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^key[i&3])
	}
	return b
}

func TestWhatIsTakenWhole(t *testing.T) {
	hello := frame(final|binaryFrame, "hello")
	for _, c := range []struct {
		what string
		sent []byte
		want string // "": it is the library's
	}{
		{"a frame", hello, "hello"},
		{"the first of two", append(bytes.Clone(hello), frame(final|binaryFrame, "you")...), "hello"},
		{"a longer one", frame(final|binaryFrame, strings.Repeat("x", 126)), strings.Repeat("x", 126)},
		{"one as long as may be", frame(final|binaryFrame, strings.Repeat("x", limit)), strings.Repeat("x", limit)},
		{"a longer one than may be", frame(final|binaryFrame, strings.Repeat("x", limit+1)), ""},
		{"a length in eight bytes", append([]byte{final | binaryFrame, masked | 127, 0, 0, 0, 0, 0, 0, 0, 1}, 0, 0, 0, 0, 'x'), ""},
		{"nothing", nil, ""},
		{"an empty message", frame(final|binaryFrame, ""), ""},
		{"half a header", hello[:1], ""},
		{"half a length", frame(final|binaryFrame, strings.Repeat("x", 126))[:3], ""},
		{"half a mask", hello[:4], ""},
		{"all but a byte", hello[:len(hello)-1], ""},
		{"the other type", frame(final|text, "hello"), ""},
		{"a fragment", frame(binaryFrame, "hello"), ""},
		{"the end of fragments", frame(final, "hello"), ""},
		{"a ping", frame(final|9, "hello"), ""},
		{"a reserved bit", frame(final|0x40|binaryFrame, "hello"), ""},
		{"no mask", []byte{final | binaryFrame, 2, 'h', 'i'}, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			input := bufio.NewReaderSize(bytes.NewReader(c.sent), 4096)
			_, _ = input.Peek(1)
			if got := Whole(input, binaryFrame, limit); string(got) != c.want {
				t.Fatalf("took %.40q", got)
			}
			if left := len(c.sent) - input.Buffered(); c.want == "" && left != 0 {
				t.Errorf("took %d bytes of what is the library's", left)
			}
		})
	}
}

// played is a connection on which a client said something and went.
type played struct {
	net.Conn
	said    io.Reader
	written bytes.Buffer
}

func (c *played) Read(p []byte) (int, error)       { return c.said.Read(p) }
func (c *played) Write(p []byte) (int, error)      { return c.written.Write(p) }
func (c *played) Close() error                     { return nil }
func (c *played) SetDeadline(time.Time) error      { return nil }
func (c *played) SetReadDeadline(time.Time) error  { return nil }
func (c *played) SetWriteDeadline(time.Time) error { return nil }

// accepted is a response that becomes a websocket on such a connection.
type accepted struct {
	http.ResponseWriter
	conn    *played
	buffers *bufio.ReadWriter
}

func (a *accepted) Hijack() (net.Conn, *bufio.ReadWriter, error) { return a.conn, a.buffers, nil }

// heard returns the messages of what a client said, each with its type, how it ended,
// and what was answered. Whole messages are taken past the library if that is asked.
func heard(t *testing.T, said []byte, past bool) (messages []string, end, answered string) {
	conn := &played{said: bytes.NewReader(said)}
	a := &accepted{ResponseWriter: httptest.NewRecorder(), conn: conn, buffers: Buffers(conn, 256)}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"MDEyMzQ1Njc4OWFiY2RlZg=="}}
	ws, err := websocket.Accept(a, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	ws.SetReadLimit(-1)
	for {
		if past {
			_, _ = a.buffers.Reader.Peek(1)
			if m := Whole(a.buffers.Reader, binaryFrame, limit); m != nil {
				messages = append(messages, fmt.Sprint(websocket.MessageBinary, string(m)))
				continue
			}
		}
		kind, m, err := ws.Read(context.Background())
		if err != nil {
			return messages, err.Error(), conn.written.String()
		}
		messages = append(messages, fmt.Sprint(kind, string(m)))
	}
}

// FuzzWhole holds who takes whole messages past the library against the library alone:
// what is heard, how it ends, and what is answered are the same.
func FuzzWhole(f *testing.F) {
	hello, closing := frame(final|binaryFrame, "hello"), frame(final|8, "\x03\xe8bye")
	for _, said := range [][]byte{
		nil, hello, closing, frame(final|text, "hello"), frame(final|9, "ping"), frame(final|10, "pong"), frame(final|8, "\x00"),
		frame(final|binaryFrame, ""), frame(final|0x70|binaryFrame, "reserved"), frame(final|11, "unknown"), frame(9, "cut ping"),
		bytes.Join([][]byte{hello, frame(binaryFrame, "one"), frame(final|9, "between"), frame(0, "two"), frame(final, "three"), hello, closing}, nil),
		bytes.Join([][]byte{frame(binaryFrame, "one"), hello}, nil), bytes.Join([][]byte{hello, closing, hello}, nil),
		bytes.Join([][]byte{hello, frame(final|binaryFrame, strings.Repeat("x", 300)), frame(final|binaryFrame, strings.Repeat("y", 200)), hello[:7]}, nil),
		append(bytes.Clone(hello), final|binaryFrame, 2, 'h', 'i'), {final | binaryFrame, masked | 127, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4},
		{final | binaryFrame, masked | long, 0, 1, 0, 0, 0, 0, 'x'},
	} {
		f.Add(said)
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		messages, end, answered := heard(t, said, true)
		want, wantEnd, wantAnswered := heard(t, said, false)
		if fmt.Sprintf("%q", messages) != fmt.Sprintf("%q", want) || end != wantEnd || answered != wantAnswered {
			t.Errorf("%x\nheard %q, %s, answered %q\nnot %q, %s, %q", said, messages, end, answered, want, wantEnd, wantAnswered)
		}
	})
}
