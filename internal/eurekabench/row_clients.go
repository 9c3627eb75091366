package main

import (
	"time"

	"heureka/internal/bench"
)

// playClients is row g.
func playClients(s *stage) error {
	h, err := s.household(50, true)
	if err != nil {
		return err
	}
	if s.settings.Clients == "spring" {
		return s.playSprings(h)
	}
	return s.playPolling(h)
}

// playPolling has the part of Spring's clients played by ones of this program.
func (s *stage) playPolling(h *household) error {
	for _, c := range present(h.read, h.peer) {
		args := telling{Write: h.of(c).address, Read: c.servers[0].Started.Address, Population: h.p, Samples: s.Scaled(10, 1),
			PatienceMs: int(2 * bench.Patience / time.Millisecond), Killed: true}
		if c == h.peer {
			args.Samples = 1
		}
		client, err := s.Role(c.name+" client", "client")
		if err != nil {
			return err
		}
		var answer told
		if err := client.Call(s.Context, "story", args, &answer); err != nil {
			return err
		}
		s.seen(c, &answer, c != h.peer, "its last heartbeat")
		s.Note("%s: %d deltas were taken in, everything fetched %d times", c.name, answer.Deltas, answer.Whole)
	}
	if h.peer == nil {
		s.missing("it is seen")
	}
	return nil
}

// seen adds the figures of one contender, ours or not, where the end came like that.
func (s *stage) seen(c *contender, answer *told, ours bool, end string) {
	reach, gone := bench.Reach{}, bench.Reach{}
	if ours {
		reach, gone = bench.Reach{Value: 1500}, bench.Reach{Value: 9000}
	}
	for _, step := range []struct {
		name string
		took []float64
	}{{"registers", answer.Registered}, {"is overridden", answer.Overridden}, {"isn't any more", answer.Lifted}, {"leaves", answer.Left}} {
		s.Compare(c.name+": it is seen that one "+step.name+", at most", "ms", percentile(step.took, 100), "polling alone", 1000, reach)
	}
	s.Compare(c.name+": with a lease of 6 s it is gone after "+end, "ms", percentile(answer.Killed, 100), "lease alone", shortLease*1000, gone)
}
