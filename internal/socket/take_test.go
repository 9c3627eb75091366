package socket

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// hijacked is a response over a connection, and what was read of it with the request.
type hijacked struct {
	http.ResponseWriter
	conn  net.Conn
	input *bufio.Reader
}

func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(h.input, nil), nil
}

func TestWhatCameBehindTheRequestIsKept(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	defer here.Close()
	input := bufio.NewReader(strings.NewReader("early"))
	if _, err := input.Peek(1); err != nil {
		t.Fatal(err)
	}
	taken, err := Take(&hijacked{conn: here, input: input})
	if err != nil || taken.Conn != here || string(taken.Early) != "early" || taken.Raw != nil {
		t.Errorf("%+v, %v", taken, err)
	}
	if _, err := Take(struct{ http.ResponseWriter }{}); err == nil {
		t.Error("took a response that has no socket")
	}
}

func TestASocketOfTheSystemCanBeTried(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	taken, err := Take(&hijacked{conn: conn, input: bufio.NewReader(conn)})
	if err != nil || taken.Raw == nil || len(taken.Early) > 0 {
		t.Errorf("%+v, %v", taken, err)
	}
}

func TestACloseFrameIsOne(t *testing.T) {
	whole := AppendControl(nil, CloseFrame, []byte("\x03\xe8gone"))
	if err := CheckClose(whole); err != nil {
		t.Error(err)
	}
	for what, frame := range map[string][]byte{
		"nothing": nil, "half a header": whole[:1], "a part": whole[:len(whole)-1], "two": append(whole[:len(whole):len(whole)], whole...),
		"a pong": AppendControl(nil, PongFrame, nil),
	} {
		if err := CheckClose(frame); !errors.Is(err, ErrNotClose) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// wrapped hides what a socket can do.
type wrapped struct {
	net.Conn
	below net.Conn
	err   error
}

func (w *wrapped) Unwrap() (net.Conn, error) { return w.below, w.err }

func TestASocketIsTakenOutOfWhatItIsWrappedIn(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	input := bufio.NewReader(strings.NewReader(""))
	if taken, err := Take(&hijacked{conn: &wrapped{Conn: here, below: here}, input: input}); err != nil || taken.Conn != here {
		t.Errorf("%+v, %v", taken, err)
	}
	broken := errors.New("broken")
	if _, err := Take(&hijacked{conn: &wrapped{Conn: here, err: broken}, input: input}); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := there.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("what can't be taken isn't closed: %v", err)
	}
}
