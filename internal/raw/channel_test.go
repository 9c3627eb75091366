package raw

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"heureka/wire"
)

// node answers the first frame of a connection with one frame.
func node(t *testing.T, answer string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.SubprotocolJSON}})
		if err != nil {
			return
		}
		defer conn.CloseNow()
		if _, _, err := conn.Read(r.Context()); err != nil {
			return
		}
		if err := conn.Write(r.Context(), websocket.MessageText, []byte(answer)); err != nil {
			return
		}
		_, _, _ = conn.Read(r.Context()) // until the client has gone
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestHello(t *testing.T) {
	welcome := `{"type":"welcome","version":1,"node":"read-1","heartbeatMs":10000,"maxMessage":1}`
	c, w, err := Hello(t.Context(), node(t, welcome), wire.PathSubscriptions, wire.Hello{})
	if err != nil || w.Node != "read-1" {
		t.Fatalf("got %+v, %v", w, err)
	}
	c.Close()

	refusal := `{"type":"error","code":501,"name":"not_ready","message":"soon","retry":"elsewhere"}`
	_, _, err = Hello(t.Context(), node(t, refusal), wire.PathSubscriptions, wire.Hello{})
	var refused *wire.Error
	if !errors.As(err, &refused) || refused.Code != wire.CodeNotReady {
		t.Errorf("got %v", err)
	}
	if _, _, err := Hello(t.Context(), node(t, `{"type":"ack","seq":1}`), wire.PathSubscriptions, wire.Hello{}); err == nil {
		t.Error("an ack is taken for a welcome")
	}
	if _, _, err := Hello(t.Context(), "127.0.0.1:1", wire.PathSubscriptions, wire.Hello{}); err == nil {
		t.Error("nobody is there, and that is no error")
	}
}

func TestReceiveTakesAFrameApart(t *testing.T) {
	frame := `{"type":"remove","app":"A","id":"1"}` + "\n" + `{"type":"synced","seq":3,"count":0,"digest":"0000000000000000"}` + "\n"
	c, err := Dial(t.Context(), node(t, frame), wire.PathSubscriptions)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Send(t.Context(), &wire.Hello{Version: 1}); err != nil {
		t.Fatal(err)
	}
	got, err := c.Receive(t.Context())
	if err != nil || got.Size != len(frame) || len(got.Messages) != 2 || got.Messages[1].(*wire.Synced).Seq != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestTheNodePicksTheFormat(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		format, _ := wire.Negotiate(r.Header.Values("Sec-WebSocket-Protocol"))
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{format.Subprotocol()}})
		if err != nil {
			return
		}
		defer conn.CloseNow()
		kind, frame, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		_ = conn.Write(r.Context(), kind, frame) // an echo
		_, _, _ = conn.Read(r.Context())
	}))
	t.Cleanup(server.Close)
	for _, test := range []struct {
		offered []wire.Format
		want    wire.Format
	}{
		{nil, wire.FormatJSON},
		{[]wire.Format{wire.FormatProto, wire.FormatJSON}, wire.FormatProto},
		{[]wire.Format{wire.FormatJSON}, wire.FormatJSON},
	} {
		c, err := Dialer{Formats: test.offered}.Dial(t.Context(), strings.TrimPrefix(server.URL, "http://"), wire.PathSubscriptions)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if c.Format() != test.want {
			t.Errorf("of %v it is %s", test.offered, c.Format().Subprotocol())
		}
		if err := c.Send(t.Context(), &wire.Ack{Seq: 1}, &wire.Ack{Seq: 2}); err != nil {
			t.Fatal(err)
		}
		got, err := c.Receive(t.Context())
		if err != nil || len(got.Messages) != 2 || wire.SeqOf(got.Messages[1]) != 2 {
			t.Errorf("of %v comes %+v, %v", test.offered, got, err)
		}
	}
}
