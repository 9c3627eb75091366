package api

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"heureka/wire"

	"github.com/coder/websocket"
)

const hello = `{"type":"hello","version":1,"process":"p","connection":1}` + "\n"

// Each of these is answered by a numbered error, and the connection is closed or
// not as the table of errors says. Another connection isn't affected.
func TestMalformedThingsOnTheRegistrationChannel(t *testing.T) {
	cfg := config()
	cfg.MaxMessage = 4096
	b := onSockets(t, cfg)
	other := b.open("other", 1)
	other.send(`{"type":"register","seq":1,"instance":{"app":"KEPT","id":"k-1"}}`)
	other.wantAck(1)
	seq := uint64(1)
	for name, c := range map[string]struct {
		before string // is answered by a welcome if it is a hello
		frame  string
		seq    uint64
		code   wire.Code
	}{
		"not JSON":                    {hello, "register me", 0, wire.CodeMalformed},
		"not JSON before the hello":   {"", "register me", 0, wire.CodeMalformed},
		"JSON but no object":          {hello, `["register"]`, 0, wire.CodeMalformed},
		"half a line":                 {hello, `{"type":"heartbeat","seq":`, 0, wire.CodeMalformed},
		"no type":                     {hello, `{"seq":4}`, 4, wire.CodeUnknownType},
		"an unknown type":             {hello, `{"type":"reboot","seq":4}`, 4, wire.CodeUnknownType},
		"an unknown type first":       {"", `{"type":"reboot","seq":4}`, 4, wire.CodeHelloExpected},
		"a message of the node's":     {hello, `{"type":"ack","seq":4}`, 4, wire.CodeUnknownType},
		"one of the other channel":    {hello, `{"type":"subscribe","seq":4,"interests":[{"kind":"full"}]}`, 4, wire.CodeUnknownType},
		"a field of the wrong type":   {hello, `{"type":"register","seq":4,"instance":{"app":7,"id":"i"}}`, 4, wire.CodeInvalidInstance},
		"a seq that is no number":     {hello, `{"type":"heartbeat","seq":"4"}`, 0, wire.CodeMalformed},
		"the wrong version":           {"", `{"type":"hello","version":2}`, 0, wire.CodeUnsupportedVersion},
		"no version":                  {"", `{"type":"hello"}`, 0, wire.CodeUnsupportedVersion},
		"no hello":                    {"", `{"type":"heartbeat","seq":4}`, 0, wire.CodeHelloExpected},
		"a second hello":              {hello, hello, 0, wire.CodeSecondHello},
		"a long process":              {"", `{"type":"hello","version":1,"process":"` + strings.Repeat("p", 300) + `"}`, 0, wire.CodeMalformed},
		"a process that rings":        {"", `{"type":"hello","version":1,"process":"\u0007"}`, 0, wire.CodeMalformed},
		"an oversized message":        {hello, `{"type":"register","seq":4,"instance":{"app":"` + strings.Repeat("A", 5000) + `"}}`, 0, wire.CodeTooLarge},
		"an oversized hello":          {"", `{"type":"hello","version":1,"client":"` + strings.Repeat("A", 5000) + `"}`, 0, wire.CodeTooLarge},
		"no instance":                 {hello, `{"type":"register","seq":4}`, 4, wire.CodeInvalidInstance},
		"a missing app":               {hello, `{"type":"register","seq":4,"instance":{"id":"i"}}`, 4, wire.CodeInvalidInstance},
		"a missing id":                {hello, `{"type":"register","seq":4,"instance":{"app":"A"}}`, 4, wire.CodeInvalidInstance},
		"control characters":          {hello, `{"type":"register","seq":4,"instance":{"app":"A","id":"i\u0000"}}`, 4, wire.CodeInvalidInstance},
		"a line break in a vip":       {hello, `{"type":"register","seq":4,"instance":{"app":"A","id":"i","vip":"v\n"}}`, 4, wire.CodeInvalidInstance},
		"a text that is too long":     {hello, `{"type":"register","seq":4,"instance":{"app":"A","id":"i","vip":"` + strings.Repeat("v", 3000) + `"}}`, 4, wire.CodeInvalidInstance},
		"a negative lease":            {hello, `{"type":"register","seq":4,"instance":{"app":"A","id":"i","lease":{"durationMs":-1}}}`, 4, wire.CodeInvalidInstance},
		"a version that is none":      {hello, `{"type":"register","seq":4,"acked":"yesterday","instance":{"app":"A","id":"i"}}`, 4, wire.CodeInvalidInstance},
		"a version of tomorrow's":     {hello, `{"type":"register","seq":4,"acked":"ffffffffffffffff-0-w/00000000-0000-0000-0000-000000000000","instance":{"app":"A","id":"i"}}`, 4, wire.CodeVersionAhead},
		"an update before a register": {hello, `{"type":"update","seq":4,"app":"A","id":"i","set":{"status":"UP"}}`, 4, wire.CodeNotRegistered},
		"an update of another's":      {hello, `{"type":"update","seq":4,"app":"KEPT","id":"k-1","set":{"status":"DOWN"}}`, 4, wire.CodeNotRegistered},
		"a misspelt field":            {hello, `{"type":"update","seq":4,"app":"A","id":"i","set":{"statsu":"UP"}}`, 4, wire.CodeInvalidInstance},
		"an unregister of another's":  {hello, `{"type":"unregister","seq":4,"app":"KEPT","id":"k-1"}`, 4, wire.CodeNotRegistered},
	} {
		t.Run(name, func(t *testing.T) {
			inner := *b
			inner.T = t
			ch := inner.dial()
			counted := inner.errors(c.code)
			if c.before != "" {
				ch.send(c.before)
				ch.receive()
			}
			ch.send(c.frame)
			ch.wantError(c.seq, c.code)
			if c.code.Kind().Closes {
				ch.wantClosed(c.code)
			} else {
				ch.send(`{"type":"heartbeat","seq":5}`)
				ch.wantAck(5)
			}
			if got := inner.errors(c.code); got != counted+1 {
				t.Errorf("%v errors of code %d are counted, want %v", got, c.code, counted+1)
			}
			seq++
			other.send(fmt.Sprintf(`{"type":"heartbeat","seq":%d}`, seq))
			other.wantAck(seq)
		})
	}
	if status, body := b.request(http.MethodGet, "/api/v1/apps/KEPT/instances/k-1", ""); status != http.StatusOK {
		t.Errorf("the other's instance: %d %s", status, body)
	}
}

func TestHugeMetadata(t *testing.T) {
	b := onSockets(t, config())
	c := b.open("p", 1)
	c.send(`{"type":"register","seq":4,"instance":{"app":"A","id":"i","metadata":{"k":"` + strings.Repeat("v", 40_000) + `"}}}`)
	c.wantError(4, wire.CodeInvalidInstance)
	c.send(`{"type":"heartbeat","seq":5}`)
	c.wantAck(5)
}

func TestABinaryFrameIsMalformed(t *testing.T) {
	b := onSockets(t, config())
	c := b.open("p", 1)
	if err := c.conn.Write(t.Context(), websocket.MessageBinary, []byte(hello)); err != nil {
		t.Fatal(err)
	}
	c.wantError(0, wire.CodeMalformed)
	c.wantClosed(wire.CodeMalformed)
}

func TestWhatCameBeforeAMalformedLineCounts(t *testing.T) {
	b := onSockets(t, config())
	c := b.dial()
	c.send(hello + `{"type":"register","seq":1,"instance":{"app":"a","id":"i"}}` + "\n\nnonsense\n" +
		`{"type":"unregister","seq":2,"app":"a","id":"i"}`)
	if _, ok := c.receive().(*wire.Welcome); !ok {
		t.Fatal("no welcome")
	}
	c.wantAck(1)
	c.wantError(0, wire.CodeMalformed)
	c.wantClosed(wire.CodeMalformed)
	if status, body := b.request(http.MethodGet, "/api/v1/apps/A/instances/i", ""); status != http.StatusOK {
		t.Errorf("the instance: %d %s", status, body)
	}
}

func TestLimits(t *testing.T) {
	cfg := config()
	cfg.Connections = 2
	b := onSockets(t, cfg)
	first, second := b.open("p", 1), b.open("q", 1)
	for i := range 4 {
		first.send(fmt.Sprintf(`{"type":"register","seq":%d,"instance":{"app":"A","id":"%d"}}`, i, i))
	}
	for i := range uint64(3) {
		first.wantAck(i)
	}
	first.wantError(3, wire.CodeTooManyRegistrations)

	b.wantRefused("a third connection of two", nil, wire.CodeOverloaded)
	_ = second.conn.CloseNow()
	for { // until the node has noticed
		conn, _, err := websocket.Dial(t.Context(), b.base+wire.PathRegistrations, &websocket.DialOptions{HTTPClient: b.client})
		if err == nil {
			_ = conn.CloseNow()
			break
		}
	}
}

func TestAskingForOtherSubprotocols(t *testing.T) {
	b := onSockets(t, config())
	b.wantRefused("others alone", http.Header{"Sec-Websocket-Protocol": {"heureka.v2+json, graphql"}}, wire.CodeUnsupportedVersion)
}

func TestNotReadyRefusesAll(t *testing.T) {
	b := onSockets(t, config())
	b.state.refusal.Store(wire.NewError(wire.CodeNotReady, "joining"))
	b.wantRefused("a websocket", nil, wire.CodeNotReady)
	status, body := b.request(http.MethodPut, "/api/v1/apps/A/instances/i", "{}")
	b.wantErrorBody("a put", status, body, wire.CodeNotReady)
}

func TestAWebPageOfAnotherSiteIsRefused(t *testing.T) {
	b := onSockets(t, config())
	_, answer, err := websocket.Dial(t.Context(), b.base+wire.PathRegistrations, &websocket.DialOptions{
		HTTPClient: b.client, HTTPHeader: http.Header{"Origin": {"https://elsewhere.example"}}})
	if err == nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("answered %v, %v", answer.Status, err)
	}
}

// wantRefused checks that a websocket is refused before it is one.
func (b *bench) wantRefused(name string, header http.Header, code wire.Code) {
	b.Helper()
	conn, answer, err := websocket.Dial(b.Context(), b.base+wire.PathRegistrations, &websocket.DialOptions{HTTPClient: b.client, HTTPHeader: header})
	if err == nil {
		_ = conn.CloseNow()
		b.Fatalf("%s: was accepted", name)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.wantErrorBody(name, answer.StatusCode, string(body), code)
}
