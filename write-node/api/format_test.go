package api

import (
	"net/http"
	"strings"
	"testing"

	"heureka/model"
	"heureka/wire"

	"github.com/coder/websocket"
)

func TestTheFirstSubprotocolThatIsSpokenCounts(t *testing.T) {
	b := onSockets(t, config())
	for _, test := range []struct {
		offers []string
		want   string
	}{
		{nil, ""},
		{[]string{wire.SubprotocolJSON}, wire.SubprotocolJSON},
		{[]string{wire.SubprotocolProto}, wire.SubprotocolProto},
		{[]string{wire.SubprotocolProto, wire.SubprotocolJSON}, wire.SubprotocolProto},
		{[]string{wire.SubprotocolJSON, wire.SubprotocolProto}, wire.SubprotocolJSON},
		{[]string{"heureka.v2+proto", wire.SubprotocolProto}, wire.SubprotocolProto},
	} {
		conn, _, err := websocket.Dial(t.Context(), b.base+wire.PathRegistrations, &websocket.DialOptions{
			HTTPClient: b.client, Subprotocols: test.offers})
		if err != nil {
			t.Fatalf("%v: %v", test.offers, err)
		}
		if got := conn.Subprotocol(); got != test.want {
			t.Errorf("of %v it speaks %q, want %q", test.offers, got, test.want)
		}
		_ = conn.CloseNow()
	}
}

func TestAConversationInProtocolBuffers(t *testing.T) {
	b := onSockets(t, config())
	c := b.dial(wire.SubprotocolProto)
	before := &model.Instance{App: "a", ID: "i", VIP: "v", Metadata: map[string]string{"k": "v"}}
	after := &model.Instance{App: "a", ID: "i", Status: model.StatusUp}
	set, err := model.Diff(before, after)
	if err != nil {
		t.Fatal(err)
	}
	c.say(&wire.Hello{Version: 1, Process: "p", Connection: 1},
		&wire.Register{Seq: 1, Instance: before},
		&wire.Update{Seq: 2, App: "a", ID: "i", Set: set},
		&wire.Heartbeat{Seq: 3},
		&wire.Update{Seq: 4, App: "b", ID: "i", Set: set})
	if _, ok := c.receive().(*wire.Welcome); !ok {
		t.Fatal("no welcome")
	}
	first, second := c.wantAck(1), c.wantAck(2)
	if first.Version == "" || second.Version == "" || first.Version == second.Version {
		t.Errorf("versions %q and %q", first.Version, second.Version)
	}
	c.wantAck(3)
	c.wantError(4, wire.CodeNotRegistered)
	if _, body := b.request("GET", "/api/v1/apps/A/instances/i", ""); !strings.Contains(body, `"UP"`) || strings.Contains(body, "vip") || strings.Contains(body, "metadata") {
		t.Errorf("after the update: %s", body)
	}
	// The version is the same text in both forms.
	other := b.open("p", 2)
	other.say(&wire.Unregister{Seq: 1, App: "a", ID: "i", Acked: second.Version})
	other.wantAck(1)
	if status, _ := b.request("GET", "/api/v1/apps/A/instances/i", ""); status != http.StatusNotFound {
		t.Errorf("after its end: %d", status)
	}
}

// The table of TestMalformedThingsOnTheRegistrationChannel, as far as the other
// form has other faults.
func TestMalformedProtocolBuffers(t *testing.T) {
	cfg := config()
	cfg.MaxMessage = 4096
	b := onSockets(t, cfg)
	greeting := &wire.Hello{Version: 1, Process: "p", Connection: 1}
	for name, test := range map[string]struct {
		before bool // whether there was a hello
		frame  []byte
		seq    uint64
		code   wire.Code
	}{
		"half a frame":              {true, []byte{0x0a, 0x05, 0x1a}, 0, wire.CodeMalformed},
		"half a frame first":        {false, []byte{0x0a, 0x05, 0x1a}, 0, wire.CodeMalformed},
		"a line of JSON":            {true, []byte(hello), 0, wire.CodeMalformed},
		"half a message":            {true, []byte{0x0a, 0x07, 0x32, 0x05, 0x08, 0x04, 0x12, 0x09, 0x01}, 4, wire.CodeMalformed},
		"an unknown number":         {true, []byte{0x0a, 0x05, 0x9a, 0x06, 0x02, 0x08, 0x04}, 4, wire.CodeUnknownType},
		"an unknown number first":   {false, []byte{0x0a, 0x05, 0x9a, 0x06, 0x02, 0x08, 0x04}, 4, wire.CodeHelloExpected},
		"a register of nothing":     {true, []byte{0x0a, 0x04, 0x1a, 0x02, 0x08, 0x04}, 4, wire.CodeInvalidInstance},
		"a text that isn't UTF-8":   {true, []byte{0x0a, 0x0d, 0x1a, 0x0b, 0x08, 0x04, 0x12, 0x07, 0x0a, 0x01, 'A', 0x12, 0x02, 'i', 0xff}, 4, wire.CodeInvalidInstance},
		"an update of an unknown":   {true, []byte{0x0a, 0x09, 0x22, 0x07, 0x08, 0x04, 0x22, 0x03, 0xf8, 0x03, 0x01}, 4, wire.CodeInvalidInstance},
		"more than a frame may be":  {true, make([]byte, 5000), 0, wire.CodeTooLarge},
		"a message of the node's":   {true, []byte{0x0a, 0x04, 0x3a, 0x02, 0x08, 0x04}, 4, wire.CodeUnknownType},
		"an empty envelope, no seq": {true, []byte{0x0a, 0x00}, 0, wire.CodeUnknownType},
	} {
		t.Run(name, func(t *testing.T) {
			inner := *b
			inner.T = t
			c := inner.dial(wire.SubprotocolProto)
			if test.before {
				c.say(greeting)
				c.receive()
			}
			c.sendFrame(test.frame)
			c.wantError(test.seq, test.code)
			if test.code.Kind().Closes {
				c.wantClosed(test.code)
				return
			}
			c.say(&wire.Heartbeat{Seq: 5})
			c.wantAck(5)
		})
	}
}

func TestATextFrameAmongProtocolBuffersIsMalformed(t *testing.T) {
	b := onSockets(t, config())
	c := b.dial(wire.SubprotocolProto)
	c.say(&wire.Hello{Version: 1})
	c.receive()
	c.send(hello)
	c.wantError(0, wire.CodeMalformed)
	c.wantClosed(wire.CodeMalformed)
}

// Many answers leave in few frames, whatever the format.
func TestAnswersShareAFrame(t *testing.T) {
	b := onSockets(t, config())
	for _, format := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		c := b.dial(format.Subprotocol())
		said := []wire.Message{&wire.Hello{Version: 1}}
		for i := range uint64(100) {
			said = append(said, &wire.Heartbeat{Seq: i + 1})
		}
		c.say(said...)
		if _, ok := c.receive().(*wire.Welcome); !ok {
			t.Fatal("no welcome")
		}
		if len(c.came) != 100 {
			t.Errorf("%s: the first frame has %d more answers, want 100", format.Subprotocol(), len(c.came))
		}
		for i := range uint64(100) {
			c.wantAck(i + 1)
		}
	}
}
