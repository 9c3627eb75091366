package roster

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/model"
	"heureka/wire"
)

var seed = flag.Uint64("seed", 0, "of the twin's first run; 0: one of its own")

// TestNodesHoldWhatIsWanted lets an application wish at random, over connections
// that break at random to nodes that sometimes refuse. Every wish is answered
// when things calm down, and the node holds exactly what the application was
// told is registered.
func TestNodesHoldWhatIsWanted(t *testing.T) {
	first := *seed
	if first == 0 {
		first = rand.Uint64()
	}
	t.Logf("first seed %d", first)
	for run := range uint64(150) {
		cfg := DefaultConfig("p")
		cfg.MaxInFlight = 4
		w := &world{
			t:      t,
			seed:   first + run,
			random: rand.New(rand.NewPCG(first+run, 1)),
			roster: New(cfg),
			held:   make(map[model.Key]*model.Instance),

			versions: make(map[model.Key]string),
			ids:      make(map[model.Key]uint64),
			open:     make(map[uint64]uint64),
		}
		w.run(300)
		if t.Failed() {
			return
		}
	}
}

var formats = []wire.Format{wire.FormatJSON, wire.FormatProto}

// bad is a vip that nodes refuse.
const bad = "bad"

// world is an application, a connection, and the nodes, which agree on what they
// hold. What a lost connection registered stays held.
type world struct {
	t      *testing.T
	seed   uint64
	random *rand.Rand
	roster *Roster
	now    time.Duration

	connected bool
	format    wire.Format                   // of the connection
	queue     []wire.Message                // said by the client, not answered
	mine      map[model.Key]bool            // registered by this connection
	held      map[model.Key]*model.Instance // by the nodes
	versions  map[model.Key]string          // of what they hold
	version   int

	ids  map[model.Key]uint64 // of the registrations that the application has
	open map[uint64]uint64    // wishes without an answer, and their registrations
}

func (w *world) run(steps int) {
	for range steps {
		switch w.random.IntN(8) {
		case 0, 1:
			w.wish()
		case 2, 3, 4:
			w.answer(w.random.IntN(20) == 0)
		case 5:
			if w.random.IntN(6) == 0 {
				w.reconnect()
			}
		case 6:
			w.now += time.Duration(w.random.IntN(1000)) * time.Millisecond
			w.tick()
		case 7:
			if w.random.IntN(6) == 0 {
				w.lose()
			}
		}
		w.obey()
	}
	if !w.connected {
		w.reconnect()
	}
	for range 1000 {
		w.now += 100 * time.Millisecond
		w.tick()
		w.obey()
		for len(w.queue) > 0 {
			w.answer(false)
			w.obey()
		}
	}
	w.compare()
}

func (w *world) wish() {
	in := &model.Instance{App: "A", ID: fmt.Sprint(w.random.IntN(6)), Status: model.Statuses()[w.random.IntN(3)]}
	if w.random.IntN(5) == 0 && !w.good() {
		in.VIP = bad
	}
	key := in.Key()
	var wish uint64
	var err error
	id := w.ids[key]
	switch {
	case id == 0:
		wish, err = w.roster.Register(in)
		id = wish
		w.ids[key] = id
	case w.random.IntN(3) == 0:
		wish, err = w.roster.Unregister(key)
		delete(w.ids, key)
	default:
		wish, err = w.roster.Update(in)
	}
	if err != nil {
		w.fail("%v", err)
	}
	w.open[wish] = id
}

func (w *world) tick() {
	if due, ok := w.roster.Due(); ok && due <= w.now {
		w.roster.Tick(w.now)
	}
}

func (w *world) reconnect() {
	if w.connected {
		for len(w.queue) > 0 && w.random.IntN(3) > 0 { // applied, but the answer is lost
			w.apply(false)
		}
		w.roster.Lost()
	}
	w.connected, w.queue, w.mine = true, nil, make(map[model.Key]bool)
	w.format = formats[w.random.IntN(len(formats))]
	w.roster.Connect(w.now, w.format)
	w.roster.Receive(w.now, &wire.Welcome{HeartbeatMs: 10_000, MaxMessage: 1 << 20})
}

// lose lets another client take a key over, or its lease end.
func (w *world) lose() {
	key := model.NewKey("A", fmt.Sprint(w.random.IntN(6)))
	if w.connected && w.mine[key] {
		delete(w.mine, key)
		delete(w.held, key)
		w.roster.Receive(w.now, &wire.Again{App: key.App, ID: key.ID})
	}
}

// answer lets the node take the next message and answer it.
func (w *world) answer(later bool) {
	if len(w.queue) > 0 {
		w.roster.Receive(w.now, w.apply(later))
	}
}

// apply lets the node take the next message, or only believe so and say to try
// again, and returns its answer.
func (w *world) apply(later bool) wire.Message {
	m := w.queue[0]
	w.queue = w.queue[1:]
	var reply wire.Message
	switch m := m.(type) {
	case *wire.Heartbeat:
		reply = &wire.Ack{Seq: m.Seq}
	case *wire.Register:
		switch {
		case later:
			e := wire.NewError(wire.CodeInvalidInstance, "later").For(m.Seq)
			e.Retry = wire.RetryYes
			reply = e
		case m.Instance.VIP == bad:
			reply = wire.NewError(wire.CodeInvalidInstance, "bad").For(m.Seq)
		default:
			w.mine[m.Instance.Key()] = true
			reply = w.hold(m.Seq, m.Instance)
		}
	case *wire.Update:
		reply = w.update(m)
	case *wire.Unregister:
		reply = w.unregister(m)
	}
	return reply
}

func (w *world) update(m *wire.Update) wire.Message {
	if !w.mine[m.Key()] {
		return wire.NewError(wire.CodeNotRegistered, "").For(m.Seq)
	}
	next, err := m.Set.Apply(w.held[m.Key()])
	if err != nil {
		w.fail("%v", err)
	}
	if next.VIP == bad {
		return wire.NewError(wire.CodeInvalidInstance, "bad").For(m.Seq)
	}
	return w.hold(m.Seq, next)
}

// unregister obeys the connection that registered, or the version that is to end.
// Sometimes the node doesn't know what to do with a version.
func (w *world) unregister(m *wire.Unregister) wire.Message {
	switch key := m.Key(); {
	case w.mine[key]:
	case m.Acked == "" || w.random.IntN(4) == 0:
		return wire.NewError(wire.CodeNotRegistered, "").For(m.Seq)
	case w.held[key] != nil && w.versions[key] != m.Acked:
		return wire.NewError(wire.CodeSuperseded, "").For(m.Seq)
	}
	delete(w.held, m.Key())
	delete(w.mine, m.Key())
	return &wire.Ack{Seq: m.Seq}
}

// hold has the nodes hold an instance under a new version.
func (w *world) hold(seq uint64, in *model.Instance) *wire.Ack {
	w.version++
	w.held[in.Key()], w.versions[in.Key()] = in, fmt.Sprint(w.version)
	return &wire.Ack{Seq: seq, Version: w.versions[in.Key()]}
}

// good tells whether this is a run in which no node refuses an instance.
func (w *world) good() bool { return w.seed%2 == 0 }

// obey takes what the roster wants: its words reach the node in order, its
// answers the application.
func (w *world) obey() {
	effects := w.roster.Drain()
	for _, frame := range effects.Frames {
		for m, err := range w.format.Messages(frame) {
			if err != nil {
				w.fail("%v", err)
			}
			if _, hello := m.(*wire.Hello); !hello {
				w.queue = append(w.queue, m)
			}
		}
	}
	for _, s := range effects.Settled {
		for wish, id := range w.open {
			if id == s.ID && wish <= s.Wish {
				delete(w.open, wish)
			}
		}
		if s.Ended && w.ids[s.Key] == s.ID {
			delete(w.ids, s.Key) // refused for good
		}
	}
	if effects.Departure != nil {
		w.reconnect()
		w.obey()
	}
}

func (w *world) compare() {
	for key := range w.ids {
		want, held := w.roster.Want(key), w.held[key]
		if want == nil || held == nil || !want.Equal(held) || !w.mine[key] {
			w.fail("%s: want %+v, held %+v, by this connection %t", key, want, held, w.mine[key])
		}
	}
	for key := range w.mine {
		if w.ids[key] == 0 {
			w.fail("%s is registered, the application knows nothing of it", key)
		}
	}
	for key := range w.held {
		if w.good() && w.ids[key] == 0 {
			w.fail("%s is held by the nodes, the application was told that it is gone", key)
		}
	}
	if len(w.roster.flights) > 0 || w.roster.Len() != len(w.ids) {
		w.fail("%d on their way, %d registrations for %d", len(w.roster.flights), w.roster.Len(), len(w.ids))
	}
	if len(w.open) > 0 {
		w.fail("never answered: %v", w.open)
	}
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d: %s", w.seed, fmt.Sprintf(format, args...))
}
