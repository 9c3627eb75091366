package simtest

import (
	"time"

	"heureka/client/line"
	"heureka/wire"
)

// What the talker asks of a service.

func (s *service) wanted() bool { return s.roster.Len() > 0 }

func (s *service) connect(now time.Duration) {
	for _, key := range s.keys {
		s.w.truth[key].number++
	}
	s.roster.Connect(now, wire.FormatJSON)
	s.drain()
}

func (s *service) receive(now time.Duration, messages []wire.Message) {
	for _, m := range messages {
		s.roster.Receive(now, m)
	}
	s.drain()
}

func (s *service) tick(now time.Duration) {
	s.roster.Tick(now)
	s.drain()
}

func (s *service) due() (time.Duration, bool) { return s.roster.Due() }

func (s *service) lost() {
	s.roster.Lost()
	s.drain()
	s.frames, s.departure = nil, nil
}

func (s *service) take() ([][]byte, *line.Departure) {
	frames, departure := s.frames, s.departure
	s.frames, s.departure = nil, nil
	return frames, departure
}
