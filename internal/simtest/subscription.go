package simtest

import (
	"time"

	"heureka/interest"
	"heureka/read-node/fanout"
	"heureka/read-node/resume"
	"heureka/wire"
)

// subscription is a subscriber's connection as a read node has it: what
// read-node/session does with sockets, done with frames.
type subscription struct {
	node    *readNode
	id      fanout.SessionID
	end     *end
	greeted bool
	opened  time.Duration

	frames [][]byte      // to be written: answers, and at most one frame of the hub's
	ours   bool          // one of them is the hub's
	stuck  time.Duration // since when the peer takes nothing, in mono time; 0: it does
}

// window is how many bytes a socket takes that its peer hasn't read.
const window = 256

// hear obeys a frame of the subscriber.
func (s *subscription) hear(frame []byte) {
	n := s.node
	for m, err := range s.format().Messages(frame) {
		if err != nil {
			n.w.wrong(n.name, "a subscriber said %q: %v", frame, err)
			return
		}
		switch m := m.(type) {
		case *wire.Hello:
			s.greeted = true
			s.say(&wire.Welcome{
				Version: wire.ProtocolVersion, Node: n.name,
				HeartbeatMs: n.w.times.heartbeat.Milliseconds(), MaxMessage: 256 << 10,
			})
		case *wire.Subscribe:
			s.subscribe(m)
		default:
			n.w.wrong(n.name, "a subscriber said %s", m.Type())
		}
	}
}

func (s *subscription) subscribe(m *wire.Subscribe) {
	n := s.node
	set, err := interest.NewSet(interest.DefaultLimits(), m.Interests)
	if err != nil {
		n.w.wrong(n.name, "refuses interests: %v", err)
		return
	}
	n.w.note("subscribe", n.name, uint64(s.id), m.Seq)
	known, _ := n.hub.Survey(set).Match(func() bool { return false })
	sub := fanout.Subscription{Seq: m.Seq, Set: set, Known: known, Pace: time.Duration(m.PaceMs) * time.Millisecond}
	arrival := resume.Arrival{Session: s.id, Subscription: sub}
	if arrival, due := n.desk.Receive(n.mono(), n.replica, arrival, m.Token); due {
		s.arrive(arrival)
	}
}

// arrive subscribes, when nothing is waited for any more.
func (s *subscription) arrive(a resume.Arrival) {
	if err := s.node.hub.Subscribe(a.Session, a.Subscription); err != nil {
		s.kick(wire.NewError(wire.CodeOverloaded, "the node has no room for another set of interests").For(a.Seq))
	}
}

func (s *subscription) format() wire.Format { return s.end.peer.process.format }

func (s *subscription) say(m wire.Message) {
	line, err := s.format().Append(nil, m)
	if err != nil {
		s.node.w.wrong(s.node.name, "encode: %v", err)
		return
	}
	s.frames = append(s.frames, line)
	s.write()
}

// deliver takes the next frame of the hub.
func (s *subscription) deliver(frame []byte) {
	if s.ours {
		s.node.w.broke("Bounded", s.node.name, "a second frame for session %d", s.id)
	}
	s.node.w.bounded.Received(&s.node.w.report, s.node.name, len(frame))
	s.ours = true
	s.frames = append(s.frames, frame)
	s.node.after(time.Millisecond, s.write)
}

// write hands to the socket what it takes.
func (s *subscription) write() {
	for len(s.frames) > 0 && s.end.open {
		if s.end.out.bytes > window {
			if s.stuck == 0 {
				s.stuck = s.node.mono()
			}
			return
		}
		s.stuck = 0
		s.end.say(s.frames[0])
		s.frames = s.frames[1:]
	}
	if s.ours && len(s.frames) == 0 {
		s.ours = false
		s.node.hub.Written(s.id)
	}
}

// tick gives up a subscriber that has taken nothing for too long, and one that
// never said a word.
func (s *subscription) tick() {
	now := s.node.mono()
	if s.opened == 0 {
		s.opened = now
	}
	switch t := s.node.w.times; {
	case s.stuck > 0 && now-s.stuck > t.patience:
		s.node.w.tell(s.node.name, "gives up %s, which reads nothing", s.end.peer.process.name)
		s.end.close()
		s.over()
	case !s.greeted && now-s.opened > t.hello:
		s.kick(wire.NewError(wire.CodeHelloExpected, "no hello"))
	}
}

// kick ends the connection from the node's side.
func (s *subscription) kick(why *wire.Error) {
	line, _ := s.format().Append(nil, why)
	s.end.say(line)
	s.end.close()
	s.over()
}

// over tells the hub that the connection is no more.
func (s *subscription) over() {
	delete(s.node.sessions, s.id)
	s.node.desk.Forget(s.id)
	s.node.hub.Close(s.id)
}
