package simtest

import (
	"bytes"
	"slices"
	"time"

	"heureka/model"
	"heureka/wire"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

// registrations is a client's connection as a write node has it: what
// write-node/api does with sockets, done with frames.
type registrations struct {
	node    *writeNode
	id      owner.ConnID
	end     *end
	greeted bool
	heard   time.Duration
	keys    map[model.Key]bool // registered through it and acknowledged
}

// hear applies a frame of the client.
func (s *registrations) hear(frame []byte) {
	n := s.node
	// Of a frame that comes while the node stands still nobody has looked at the time:
	// it may have been read before. Whether it counts the owner alone knows.
	if s.greeted && n.owner.Heard(s.id, n.moment()) != nil {
		s.giveUp()
		return
	}
	if s.greeted {
		s.obeyed()
	}
	s.heard = n.mono()
	n.w.note("heard", n.name, uint64(s.id), uint64(len(frame)))
	for line := range bytes.Lines(frame) {
		m, err := wire.DecodeJSON(line)
		if err != nil {
			n.w.wrong(n.name, "a client said %q: %v", line, err)
			return
		}
		s.apply(m)
	}
}

// obeyed judges, when a frame is about to be obeyed, how long it has waited.
func (s *registrations) obeyed() {
	w, most := s.node.w, s.node.w.times.silent()
	if waited := w.now - s.end.peer.out.came; waited > most {
		w.broke("Fenced", s.node.name, "obeys what has waited for %s, and nothing may for longer than %s", waited, most)
	}
}

// apply does what one message says and has it answered.
func (s *registrations) apply(m wire.Message) {
	n := s.node
	now := n.moment()
	var version, acked model.Version
	var err error
	switch m := m.(type) {
	case *wire.Hello:
		if err := n.owner.Open(s.id, m.Process, m.Connection, now); err != nil {
			s.kick(api.Refusal(err), owner.Left)
			return
		}
		s.obeyed()
		s.greeted = true
		s.answer(s.welcome())
		return
	case *wire.Heartbeat:
		keys, err := n.owner.Heartbeat(s.id, now)
		if err != nil {
			s.answer(api.Refusal(err).For(m.Seq))
			return
		}
		s.answer(&wire.Ack{Seq: m.Seq})
		for _, key := range keys {
			n.w.tell(n.name, "asks to say %s again", key)
			s.answer(&wire.Again{App: key.App, ID: key.ID})
		}
		return
	case *wire.Register:
		if acked, err = model.ParseVersion(m.Acked); err == nil {
			version, err = n.owner.Register(s.id, m.Instance, acked, now)
		}
	case *wire.Update:
		version, err = n.owner.Update(s.id, m.Set, now)
	case *wire.Unregister:
		if acked, err = model.ParseVersion(m.Acked); err == nil {
			version, err = n.owner.Unregister(s.id, m.Key(), acked, now)
		}
	default:
		n.w.wrong(n.name, "a client said %s", m.Type())
	}
	if err != nil {
		n.w.tell(n.name, "refuses a %s: %v", m.Type(), err)
		s.answer(api.Refusal(err).For(wire.SeqOf(m)))
		return
	}
	if m, ok := m.(*wire.Register); ok {
		s.keys[m.Instance.Key()] = true
	}
	s.answer(&wire.Ack{Seq: wire.SeqOf(m), Version: version.String()})
}

func (s *registrations) welcome() *wire.Welcome {
	t := s.node.w.times
	return &wire.Welcome{
		Version: wire.ProtocolVersion, Node: s.node.name,
		HeartbeatMs: t.heartbeat.Milliseconds(), LeaseMs: t.leaseLasts.Milliseconds(), MaxMessage: 256 << 10,
	}
}

// answer says something once what it acknowledges has been published.
func (s *registrations) answer(m wire.Message) { s.node.answer(func() { s.say(m) }) }

func (s *registrations) say(m wire.Message) {
	line, err := wire.AppendJSON(nil, m)
	if err != nil {
		s.node.w.wrong(s.node.name, "encode: %v", err)
		return
	}
	s.end.say(line)
}

// tick gives up a client that has been silent for too long.
func (s *registrations) tick() {
	if s.silent() {
		s.giveUp()
	}
}

func (s *registrations) silent() bool {
	return s.node.mono()-s.heard > silentHeartbeats*s.node.w.times.heartbeat
}

func (s *registrations) giveUp() {
	s.node.w.tell(s.node.name, "gives up %s, which is silent", s.end.peer.process.name)
	s.kick(wire.NewError(wire.CodeSilent, "nothing came for too long"), owner.GivenUp)
}

// kick ends the connection from the node's side.
func (s *registrations) kick(said *wire.Error, why owner.Ending) {
	s.say(said)
	s.end.close()
	s.over(why)
}

// over tells the owner that the connection is no more, and whose doing that was.
func (s *registrations) over(why owner.Ending) {
	n := s.node
	n.sessions = slices.DeleteFunc(slices.Clone(n.sessions), func(other *registrations) bool { return other == s })
	if s.greeted {
		n.owner.Close(s.id, why)
	}
}

const silentHeartbeats = 3 // as write-node/api has it
