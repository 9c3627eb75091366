package simtest

import (
	"time"

	"heureka/client/line"
	"heureka/client/mirror"
	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"
)

// subscriber is a process that keeps a view through the SDK. A witness wants
// everything, always: what it sees tells what the system shows.
type subscriber struct {
	talker
	mirror  *mirror.Mirror
	wants   []interest.Interest
	witness bool
	reads   time.Duration // it takes nothing from its socket until then

	judge   *promise.Session // of the present connection
	fence   *mirrorFence
	flaps   *flaps
	asked   []question
	frames  [][]byte
	leaving *line.Departure
	tokens  []*promise.Memory // those told last
}

func (w *world) addSubscriber(name string) {
	s := &subscriber{talker: talker{process: w.machine(name)}, witness: len(w.subscribers) < 2}
	for _, n := range w.readers {
		s.nodes = append(s.nodes, n.node)
	}
	s.format = wire.Format(len(w.subscribers) % wire.Formats)
	w.subscribers = append(w.subscribers, s)
}

func (s *subscriber) boot() {
	cfg := mirror.DefaultConfig()
	cfg.Config, cfg.Fence = s.w.times.line(), s.w.times.fence
	s.wants = everything()
	if !s.witness {
		s.wants = s.w.someInterests()
	}
	s.mirror = mirror.New(cfg, s.wants)
	s.fence, s.flaps = newMirrorFence(s), newFlaps(s)
	s.frames, s.leaving, s.asked, s.reads, s.tokens = nil, nil, nil, 0, nil
	s.begin(s)
	s.w.tell(s.name, "boots")
	s.input(s.run, func() {})
	if !s.witness {
		s.every(8*time.Second, s.switchInterests)
	}
	s.every(time.Second, s.judgeAnswers)
}

// switchInterests wants something else on the living connection.
func (s *subscriber) switchInterests() {
	if !s.w.calm {
		s.wants = s.w.someInterests()
		s.mirror.SetInterests(s.wants)
		s.drain()
	}
}

// stall makes the subscriber read nothing for a while.
func (s *subscriber) stall(d time.Duration) {
	s.reads = s.w.now + d
	s.after(d, func() {
		if s.end != nil && !s.stalled() {
			s.end.read()
		}
	})
}

func (s *subscriber) stalled() bool { return s.w.now < s.reads }

func (s *subscriber) crash(lost bool) {
	if s.up {
		s.w.note("crashes", s.name)
		s.w.tell(s.name, "crashes")
		s.stop(lost)
	}
}

func (s *subscriber) wanted() bool { return true }

func (s *subscriber) connect(now time.Duration) {
	s.judge = promise.NewSession(s.name+" at "+s.at().name, &s.w.report)
	s.asked = nil
	s.end.busy = s.stalled
	s.mirror.Connect(now, s.format)
	s.drain()
}

func (s *subscriber) receive(now time.Duration, messages []wire.Message) {
	for _, m := range messages {
		s.judge.Receive(m)
		if synced, ok := m.(*wire.Synced); ok {
			s.answered(synced.Seq)
		}
		s.remember(m)
		s.mirror.Receive(now, m)
		s.fence.heard(m)
		s.events()
	}
	s.drain()
}

func (s *subscriber) tick(now time.Duration) {
	s.mirror.Tick(now)
	s.fence.ticked()
	s.events()
	s.drain()
}

func (s *subscriber) due() (time.Duration, bool) { return s.mirror.Due() }

func (s *subscriber) lost() {
	s.mirror.Lost()
	s.drain()
	s.frames, s.leaving, s.asked = nil, nil, nil
}

func (s *subscriber) take() ([][]byte, *line.Departure) {
	frames, departure := s.frames, s.leaving
	s.frames, s.leaving = nil, nil
	for _, f := range frames {
		s.sent(f)
	}
	return frames, departure
}

// sent tells the judges of a Subscribe that is about to leave.
func (s *subscriber) sent(frame []byte) {
	for m, err := range s.format.Messages(frame) {
		if err != nil {
			s.w.wrong(s.name, "says %q: %v", frame, err)
			return
		}
		if m, ok := m.(*wire.Subscribe); ok {
			s.judge.Subscribed(m.Seq, matcher(m.Interests))
			s.resumes(m)
			n := s.at()
			most := s.w.times.answers
			if m.Token != "" {
				most += s.w.times.resume
			}
			s.asked = append(s.asked, question{m.Seq, s.w.now, s.w.fair(s.process, n), n.name, most})
		}
	}
}

func (s *subscriber) drain() {
	effects := s.mirror.Drain()
	s.frames = append(s.frames, effects.Frames...)
	if effects.Departure != nil {
		s.leaving = effects.Departure
	}
	for _, settled := range effects.Settled {
		if settled.Err != nil {
			s.w.broke("Available", s.name, "interests refused: %v", settled.Err)
		}
	}
	if effects.Failed != nil {
		s.w.broke("Available", s.name, "the subscription failed: %v", effects.Failed)
	}
}

// events takes what the application is told.
func (s *subscriber) events() {
	for {
		e, ok := s.mirror.Next()
		if !ok {
			return
		}
		if e.Type == mirror.Synced {
			s.w.note("synced", s.name)
			continue
		}
		s.w.note(string(e.Type), s.name, e.Instance.Hash())
		s.w.tell(s.name, "%s %s, word %s", e.Type, e.Instance.Key(), e.Instance.HostName)
		s.w.results.Events++
		if s.witness {
			s.flaps.event(e)
		}
	}
}

// view is what the application sees, for Converge.
func (s *subscriber) view() promise.View {
	v := promise.View{Name: s.name, Matches: matcher(s.wants), Holds: make(map[model.Key]*model.Instance)}
	for _, in := range s.mirror.All() {
		v.Holds[in.Key()] = in
	}
	return v
}
