package session

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/wire"

	"github.com/coder/websocket"
)

func TestASubscribeReachesTheHub(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	p.say(`{"type":"subscribe","seq":1,"interests":[{"kind":"app","value":"a"}]}` + "\n\n" +
		`{"type":"subscribe","seq":2,"interests":[]}` + "\n")
	if got := <-st.hub.subscribed; got != `app equals "A"` {
		t.Errorf("subscribed %q", got)
	}
	if got := <-st.hub.subscribed; got != "" {
		t.Errorf("subscribed %q", got)
	}
	st.send(s, lines(`{"type":"synced","seq":1,"count":0,"digest":"0000000000000000"}`+"\n"))
	if m, ok := p.next().(*wire.Synced); !ok || m.Seq != 1 {
		t.Errorf("got %+v", m)
	}
	if err := p.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	if <-st.hub.closed != s {
		t.Error("another session closed")
	}
}

func TestTheWelcomeIsTheFirstMessage(t *testing.T) {
	st := newStage(t, nil)
	p := st.dial(nil)
	s := <-st.hub.opened
	if s.Send(lines(`{"type":"heartbeat"}` + "\n")) {
		t.Error("a frame has left before the welcome")
	}
	s.GoAway(time.Second)
	p.say(`{"type":"hello","version":1}`)
	if m, ok := p.next().(*wire.Welcome); !ok {
		t.Fatalf("the first message is %+v", m)
	}
	for range 2 {
		switch m := p.next().(type) {
		case *wire.Heartbeat, *wire.GoAway:
		default:
			t.Fatalf("then comes %+v", m)
		}
	}
	<-st.hub.written
}

// TestErrors is the table of errors as the session finds them, each on a
// connection of its own.
func TestErrors(t *testing.T) {
	tooMany := `{"type":"subscribe","seq":1,"interests":[` + strings.Repeat(`{"kind":"full"},`, 20) + `{"kind":"full"}]}`
	for name, c := range map[string]struct {
		hello bool
		say   string
		code  wire.Code
	}{
		"not JSON first":              {false, `hello`, wire.CodeMalformed},
		"an unknown type first":       {false, `{"type":"hallo"}`, wire.CodeHelloExpected},
		"something else first":        {false, `{"type":"subscribe","seq":1}`, wire.CodeHelloExpected},
		"an unknown version":          {false, `{"type":"hello","version":2}`, wire.CodeUnsupportedVersion},
		"not JSON":                    {true, `{"type":`, wire.CodeMalformed},
		"not an object":               {true, `[]`, wire.CodeMalformed},
		"a wrong field":               {true, `{"type":"subscribe","seq":"one"}`, wire.CodeMalformed},
		"an unknown type":             {true, `{"type":"unsubscribe"}`, wire.CodeUnknownType},
		"a type of the other channel": {true, `{"type":"unregister","seq":1,"app":"A","id":"1"}`, wire.CodeUnknownType},
		"a second hello":              {true, `{"type":"hello","version":1}`, wire.CodeSecondHello},
		"a message too large":         {true, strings.Repeat(" ", 5000), wire.CodeTooLarge},
		"a message much too large":    {true, strings.Repeat(" ", 500_000), wire.CodeTooLarge},
		"an unknown kind":             {true, `{"type":"subscribe","seq":1,"interests":[{"kind":"host","value":"a"}]}`, wire.CodeInvalidInterest},
		"control characters":          {true, `{"type":"subscribe","seq":1,"interests":[{"kind":"app","value":"a\u0000"}]}`, wire.CodeInvalidInterest},
		"a pattern that isn't one":    {true, `{"type":"subscribe","seq":1,"interests":[{"kind":"app","op":"like","value":"(a"}]}`, wire.CodeBadPattern},
		"too many interests":          {true, tooMany, wire.CodeTooManyInterests},
		"a value too long":            {true, `{"type":"subscribe","seq":1,"interests":[{"kind":"app","value":"` + strings.Repeat("a", 600) + `"}]}`, wire.CodeValueTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, func(c *Config) {
				c.MaxMessage = 4096
				c.Interests.Interests = 20
			})
			var p *peer
			if c.hello {
				p, _ = st.greeted()
			} else {
				p = st.dial(nil)
			}
			p.say(c.say)
			p.refused(c.code)
			if got := <-st.errors; got != c.code {
				t.Errorf("counted as %d", got)
			}
			if !c.code.Kind().Closes {
				p.say(`{"type":"subscribe","seq":2,"interests":[]}`)
				<-st.hub.subscribed
			}
		})
	}
}

func TestABinaryMessageIsMalformed(t *testing.T) {
	st := newStage(t, nil)
	p, _ := st.greeted()
	if err := p.conn.Write(p.ctx, websocket.MessageBinary, []byte{1}); err != nil {
		t.Fatal(err)
	}
	p.refused(wire.CodeMalformed)
}

func TestAnErrorCarriesTheNumberOfItsMessage(t *testing.T) {
	st := newStage(t, nil)
	p, _ := st.greeted()
	p.say(`{"type":"subscribe","seq":42,"interests":[{"kind":"app","op":"like","value":"*"}]}`)
	if e, ok := p.next().(*wire.Error); !ok || e.Seq != 42 || !strings.Contains(e.Message, "interest 0") {
		t.Errorf("got %+v", e)
	}
}

func TestNoHelloInTimeCloses(t *testing.T) {
	st := newStage(t, func(c *Config) { c.HelloTimeout = 20 * time.Millisecond })
	st.dial(nil).refused(wire.CodeHelloExpected)
}

func TestTheHelloTimeoutEndsWithTheHello(t *testing.T) {
	slow := func(c *Config) { c.Pace = 2 * c.HelloTimeout } // what the second Subscribe waits for
	inBubble(t, slow, func(_ *testing.T, st *stage) {
		p, _ := st.greeted()
		p.say(`{"type":"subscribe","seq":1,"interests":[]}` + "\n" + `{"type":"subscribe","seq":2,"interests":[]}`)
		<-st.hub.subscribed
		<-st.hub.subscribed
	})
}

func TestStopTellsThePeerWhy(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	s.GoAway(1500 * time.Millisecond)
	if m, ok := p.next().(*wire.GoAway); !ok || m.AfterMs != 1500 {
		t.Errorf("got %+v", m)
	}
	s.Stop(wire.NewError(wire.CodeDraining, "this node stops"))
	s.Stop(wire.NewError(wire.CodeInternal, "only the first call counts"))
	p.refused(wire.CodeDraining)
	<-st.hub.closed
}

func TestARefusalCarriesTheNumberOfTheSubscribe(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	s.Refuse(7, wire.NewError(wire.CodeOverloaded, "full"))
	if e, ok := p.next().(*wire.Error); !ok || e.Seq != 7 || e.Code != wire.CodeOverloaded {
		t.Errorf("got %+v", e)
	}
}

func TestKillSaysNothing(t *testing.T) {
	st := newStage(t, nil)
	p, s := st.greeted()
	s.Kill()
	if m, err := p.read(); err == nil || websocket.CloseStatus(err) != -1 {
		t.Errorf("got %+v, %v", m, err)
	}
	<-st.hub.closed
}

func TestAFrameBeforeTheLastHasLeftEndsTheSession(t *testing.T) {
	st := newStage(t, func(c *Config) { c.CloseTimeout = 50 * time.Millisecond })
	_, s := st.greeted()
	st.stick(s)
	s.Send(lines("\n"))
	<-s.Ended()
	if code := <-st.errors; code != wire.CodeInternal {
		t.Errorf("ended with %d", code)
	}
	<-st.hub.closed
}

// TestAPeerThatDoesNotReadCannotDelayItsEnd stops a session whose frame is stuck.
func TestAPeerThatDoesNotReadCannotDelayItsEnd(t *testing.T) {
	st := newStage(t, func(c *Config) { c.CloseTimeout = 50 * time.Millisecond })
	_, s := st.greeted()
	st.stick(s)
	s.Stop(wire.NewError(wire.CodeDraining, "this node stops"))
	<-st.hub.closed
	if stats := st.door.Stats(); stats.Stuck != 0 || stats.GivenUp != 0 {
		t.Errorf("stats = %+v", stats)
	}
}

// TestAPeerThatIsTooFastIsReadSlowly sends two Subscribes at once.
func TestAPeerThatIsTooFastIsReadSlowly(t *testing.T) {
	const pace = 50 * time.Millisecond
	inBubble(t, func(c *Config) { c.Pace = pace }, func(t *testing.T, st *stage) {
		p, _ := st.greeted()
		p.say(`{"type":"subscribe","seq":1,"interests":[]}` + "\n" + `{"type":"subscribe","seq":2,"interests":[]}`)
		<-st.hub.subscribed
		first := time.Now()
		<-st.hub.subscribed
		if waited := time.Since(first); waited != pace {
			t.Errorf("the second came after %v", waited)
		}
	})
}

func TestSubprotocols(t *testing.T) {
	st := newStage(t, nil)
	for _, c := range []struct {
		offers []string
		taken  string
		status int
	}{
		{nil, "", http.StatusSwitchingProtocols},
		{[]string{wire.SubprotocolJSON}, wire.SubprotocolJSON, http.StatusSwitchingProtocols},
		{[]string{wire.SubprotocolProto, wire.SubprotocolJSON}, wire.SubprotocolProto, http.StatusSwitchingProtocols},
		{[]string{"heureka.v9+cbor", wire.SubprotocolJSON}, wire.SubprotocolJSON, http.StatusSwitchingProtocols},
		{[]string{"heureka.v9+cbor"}, "", http.StatusBadRequest},
	} {
		conn, response, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(st.server.URL, "http"),
			&websocket.DialOptions{Subprotocols: c.offers})
		if response == nil || response.StatusCode != c.status {
			t.Fatalf("%q: %v, %v", c.offers, response, err)
		}
		if conn == nil {
			continue
		}
		if got := conn.Subprotocol(); got != c.taken {
			t.Errorf("%q: took %q", c.offers, got)
		}
		_ = conn.CloseNow()
		<-st.hub.closed
	}
}

func TestAPageOfAnotherHostIsRefused(t *testing.T) {
	st := newStage(t, func(c *Config) { c.Origins = []string{"ours.example.org"} })
	for origin, status := range map[string]int{
		"https://ours.example.org":   http.StatusSwitchingProtocols,
		"https://theirs.example.org": http.StatusForbidden,
	} {
		conn, response, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(st.server.URL, "http"),
			&websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
		if response == nil || response.StatusCode != status {
			t.Errorf("%s: %v, %v", origin, response, err)
		}
		if conn != nil {
			_ = conn.CloseNow()
			<-st.hub.closed
		}
	}
}

func TestWhatIsNoWebsocketIsAnsweredAsHTTP(t *testing.T) {
	st := newStage(t, nil)
	response, err := http.Get(st.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("status %d", response.StatusCode)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestConfigNamesTheWrongSetting(t *testing.T) {
	for name, wrong := range map[string]func(*Config){
		"Heartbeat":    func(c *Config) { c.Heartbeat = 0 },
		"HelloTimeout": func(c *Config) { c.HelloTimeout = -1 },
		"Patience":     func(c *Config) { c.Patience = 0 },
		"CloseTimeout": func(c *Config) { c.CloseTimeout = 0 },
		"Pace":         func(c *Config) { c.Pace = -1 },
		"SendBuffer":   func(c *Config) { c.SendBuffer = 0 },
		"MaxMessage":   func(c *Config) { c.MaxMessage = 1 },
	} {
		c := DefaultConfig()
		wrong(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	if e := InterestError(http.ErrAbortHandler); e.Code != wire.CodeInternal {
		t.Errorf("a fault of another kind is %d", e.Code)
	}
}
