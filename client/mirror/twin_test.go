package mirror

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

var seed = flag.Uint64("seed", 0, "of the twin's first run; 0: one of its own")

// TestMirrorEqualsItsTwin lets a node tell a view that changes at random, over
// connections that break at random, to an application that takes events at
// random, and compares the mirror with maps that anybody can see are right.
func TestMirrorEqualsItsTwin(t *testing.T) {
	first := *seed
	if first == 0 {
		first = rand.Uint64()
	}
	t.Logf("first seed %d", first)
	var resumes, refusals uint64
	for run := range uint64(150) {
		w := &world{
			t:       t,
			seed:    first + run,
			random:  rand.New(rand.NewPCG(first+run, 1)),
			mirror:  New(DefaultConfig(), []interest.Interest{{Kind: interest.Full}}),
			truth:   make(map[model.Key]*wire.Put),
			touched: make(map[model.Key]int64),
			blamed:  make(map[string]bool),
			told:    make(map[model.Key]*model.Instance),
			mutable: 12,
		}
		w.run(200)
		if t.Failed() {
			return
		}
		resumes += w.mirror.Status().Resumes
		refusals += w.mirror.Status().Refusals
	}
	if resumes < 100 || refusals < 100 {
		t.Errorf("%d resumes and %d refusals test little", resumes, refusals)
	}
}

// world is a node with its view, the connection, and the application.
type world struct {
	t       *testing.T
	seed    uint64
	random  *rand.Rand
	mirror  *Mirror
	now     time.Duration
	version int64
	mutable int // keys that there may be

	truth   map[model.Key]*wire.Put // the node's view
	touched map[model.Key]int64     // number of the last change; a token begins with such a number
	blamed  map[string]bool         // tokens over which a connection ended
	format  wire.Format             // of the connection
	token   string                  // said on it, and not answered
	minted  int64
	fresh   bool                          // nothing was asked on it
	sent    map[model.Key]*wire.Put       // what the present connection was told; nil: no connection
	ask     uint64                        // the Subscribe to answer; 0: none
	told    map[model.Key]*model.Instance // what the events add up to
	seen    bool                          // a Synced since the last change
}

func (w *world) run(steps int) {
	for range steps {
		w.now += time.Duration(w.random.IntN(3000)) * time.Millisecond
		switch w.random.IntN(8) {
		case 0, 1, 2:
			w.change()
		case 3:
			w.reconnect()
		case 4:
			w.stream(w.random.IntN(4))
		case 5:
			w.stream(len(w.truth) + len(w.sent))
		case 6:
			w.take(w.random.IntN(5))
		case 7:
			w.corrupt()
		}
		w.obey()
		w.bounded()
	}
	w.settle()
}

// change lets one instance of the node's view come, change or go.
func (w *world) change() {
	w.version++
	in := &model.Instance{App: "A", ID: fmt.Sprint(w.random.IntN(w.mutable)), Status: model.Statuses()[w.random.IntN(3)]}
	w.touched[in.Key()] = w.version
	if w.random.IntN(3) == 0 {
		delete(w.truth, in.Key())
		return
	}
	w.truth[in.Key()] = &wire.Put{Version: version(w.version), Hash: wire.FormatHash(in.Hash()), Instance: in}
}

func (w *world) reconnect() {
	held := len(w.mirror.All())
	if w.sent != nil {
		if w.token != "" {
			w.blamed[w.token] = true
		}
		w.mirror.Lost()
		w.sent, w.ask, w.token = nil, 0, ""
	}
	w.format = []wire.Format{wire.FormatJSON, wire.FormatProto}[w.random.IntN(2)]
	w.mirror.Connect(w.now, w.format)
	w.mirror.Receive(w.now, &wire.Welcome{HeartbeatMs: 10_000})
	w.sent, w.fresh = make(map[model.Key]*wire.Put), true
	w.obey()
	if got := len(w.mirror.All()); got != held {
		w.fail("a new connection makes %d of %d", got, held)
	}
}

// begin answers the first Subscribe of a connection, or lets it wait.
func (w *world) begin(s *wire.Subscribe) {
	w.fresh, w.token = false, s.Token
	if w.blamed[s.Token] {
		w.fail("the token %s, over which a connection ended, is said again", s.Token)
	}
	switch {
	case s.Token == "":
		w.mirror.Receive(w.now, &wire.Snapshot{Seq: s.Seq})
	case w.random.IntN(4) == 0: // no answer
		w.sent, w.ask = nil, 0
		w.mirror.Lost()
		w.blamed[w.token], w.token = true, ""
	case w.random.IntN(4) == 0:
		w.token = ""
		w.mirror.Receive(w.now, &wire.Snapshot{Seq: s.Seq, Refused: "at random"})
	default:
		w.token = ""
		w.mirror.Receive(w.now, &wire.Resumed{Seq: s.Seq})
		w.resume(s.Token)
	}
}

// mint returns a token for now, that was never told before.
func (w *world) mint() string {
	w.minted++
	return fmt.Sprintf("%d.%d", w.version, w.minted)
}

// resume knows of a subscriber what the token says: what has been touched since is
// to be said, whether it holds it or not.
func (w *world) resume(token string) {
	text, _, _ := strings.Cut(token, ".")
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		w.fail("the token %q: %v", token, err)
	}
	for key, p := range w.truth {
		if w.touched[key] <= number {
			w.sent[key] = p
		}
	}
	for key, at := range w.touched {
		if at > number && w.truth[key] == nil {
			w.sent[key] = &wire.Put{}
		}
	}
}

// stream tells at most n differences between the view and what was sent, in any
// order, and at their end a Synced or a Heartbeat.
func (w *world) stream(n int) {
	if w.sent == nil || w.fresh {
		return
	}
	for key, p := range w.truth {
		if n > 0 && w.sent[key] != p {
			n--
			w.sent[key] = p
			w.mirror.Receive(w.now, p)
		}
	}
	for key := range w.sent {
		if n > 0 && w.truth[key] == nil {
			n--
			delete(w.sent, key)
			w.mirror.Receive(w.now, &wire.Remove{App: key.App, ID: key.ID})
		}
	}
	if !maps.Equal(w.truth, w.sent) {
		return
	}
	check := w.check()
	if w.ask == 0 {
		w.mirror.Receive(w.now, &wire.Heartbeat{Check: &check, Token: w.mint()})
		return
	}
	w.mirror.Receive(w.now, &wire.Synced{Seq: w.ask, Check: check, Token: w.mint()})
	w.ask = 0
}

// corrupt loses a message that the node believes to have sent.
func (w *world) corrupt() {
	if w.sent == nil || w.random.IntN(4) > 0 {
		return
	}
	for key, p := range w.truth {
		w.sent[key] = p
		return
	}
}

// obey does what the mirror wants of its connection.
func (w *world) obey() {
	if w.sent == nil {
		return
	}
	if due, ok := w.mirror.Due(); ok && due <= w.now {
		w.mirror.Tick(w.now)
	}
	effects := w.mirror.Drain()
	for _, frame := range effects.Frames {
		for m, err := range w.format.Messages(frame) {
			if err != nil {
				w.t.Fatal(err)
			}
			if s, ok := m.(*wire.Subscribe); ok {
				w.answer(s)
			}
		}
	}
	if effects.Departure != nil {
		w.reconnect()
		w.obey()
	}
}

// answer hears a Subscribe.
func (w *world) answer(s *wire.Subscribe) {
	w.ask = s.Seq
	switch {
	case w.fresh:
		w.begin(s)
	case s.Token != "":
		w.fail("a token on a connection that has come further")
	default: // asks again: everything anew
		clear(w.sent)
		w.mirror.Receive(w.now, &wire.Snapshot{Seq: s.Seq})
	}
}

// take lets the application take at most n events and checks each.
func (w *world) take(n int) {
	for range n {
		e, ok := w.mirror.Next()
		if !ok {
			return
		}
		if e.Type == Synced {
			w.seen = true
			continue
		}
		key := e.Instance.Key()
		had := w.told[key]
		switch {
		case e.Type == Added && had == nil:
			w.told[key] = e.Instance
		case e.Type == Modified && had != nil && had.Equal(e.Before) && !had.Equal(e.Instance):
			w.told[key] = e.Instance
		case e.Type == Removed && had != nil && had.Equal(e.Before):
			delete(w.told, key)
		default:
			w.fail("%s %+v (before %+v), told %+v", e.Type, e.Instance, e.Before, had)
		}
	}
}

// bounded checks that at most one event waits for each key, and that events and
// what was told add up to the view.
func (w *world) bounded() {
	if pending := w.mirror.Status().Pending; pending > w.mutable+1 {
		w.fail("%d events wait", pending)
	}
	for key := range w.told {
		if _, waits := w.mirror.queue.keys[key]; !waits && (w.mirror.Get(key) == nil || !w.mirror.Get(key).Equal(w.told[key])) {
			w.fail("%s isn't what was told, and no event waits", key)
		}
	}
}

// settle lets the connection live and everything be told: the view, and what the
// events add up to, are the node's.
func (w *world) settle() {
	for range 20 {
		if w.sent == nil {
			w.reconnect()
		}
		w.obey()
		w.stream(2 * w.mutable)
		w.obey()
		w.now += time.Second
	}
	w.take(3 * w.mutable)
	if !w.seen {
		w.fail("never synced")
	}
	if len(w.truth) != len(w.told) || len(w.truth) != len(w.mirror.All()) {
		w.fail("%d instances, the mirror has %d, told %d", len(w.truth), len(w.mirror.All()), len(w.told))
	}
	for key, p := range w.truth {
		if !p.Instance.Equal(w.mirror.Get(key)) || !p.Instance.Equal(w.told[key]) {
			w.fail("%s: %+v, mirror %+v, told %+v", key, p.Instance, w.mirror.Get(key), w.told[key])
		}
	}
}

func (w *world) check() wire.Check {
	var sum uint64
	for _, p := range w.sent {
		sum += p.Instance.Hash()
	}
	return wire.Check{Count: len(w.sent), Digest: wire.FormatHash(sum)}
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d: %s", w.seed, fmt.Sprintf(format, args...))
}
