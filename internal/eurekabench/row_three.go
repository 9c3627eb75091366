package main

import (
	"errors"
	"fmt"

	"heureka/internal/bench"
)

// playThree is row b.
func playThree(s *stage) error {
	p := population{Instances: s.Scaled(beatRate, connections), Apps: 100, Lease: longLease}
	nodes := func(count int) ([]*bench.Process, error) {
		f, err := s.Cluster(count, 0, false, "--eureka1")
		if err != nil {
			return nil, err
		}
		return f.Writes, nil
	}
	ours, err := s.trio("write node", p, nodes)
	if err != nil {
		return err
	}
	if ours.first, err = s.firstOfThree("write node", p, nodes); err != nil {
		return err
	}
	bare, err := s.bareTrio(p)
	if err != nil {
		return err
	}
	for range s.Rounds {
		if err := errors.Join(s.beats(ours, beating, spread), s.beats(bare, beating)); err != nil {
			return err
		}
	}
	one, three := ours.alone.above(beating), ours.three.above(beating)
	s.Compare("CPU of three write nodes together for each heartbeat, above silence", "µs", three, "one alone", one, bench.Reach{Ratio: 1})
	s.Compare("   where all reach the same node", "µs", ours.first.above(beating), "one alone", one, bench.Reach{Ratio: 1})
	s.Compare("   where each reaches another node than its owner", "µs", ours.three.above(spread), "one alone", one, bench.Reach{})
	s.Compare("   three handlers of "+fixedName+", which say nothing to each other", "µs", bare.three.above(beating), "one alone", bare.alone.above(beating), bench.Reach{})
	s.Add(bench.Figure{What: "   silence of three, in hundredths of a processor", Unit: "%", Value: ours.three.median(silent, busy)})
	s.traffic(ours)
	for _, c := range []*contender{ours.alone, ours.first, ours.three} {
		for _, node := range c.servers {
			if err := judge(node.Started.Address, p, 0, judgePatience); err != nil {
				return fmt.Errorf("%s: %w", node.Name, err)
			}
		}
	}
	return s.theirThree(p)
}

func (s *stage) theirThree(p population) error {
	if s.settings.Peers == "none" {
		s.missing("CPU of three for each heartbeat")
		return nil
	}
	theirs, err := s.trio(eureka, p, s.servers)
	if err != nil {
		return err
	}
	for _, c := range []*contender{theirs.alone, theirs.three} {
		if err := s.warm(c, looping{Ask: askHeartbeat}); err != nil {
			return err
		}
	}
	for range s.Rounds {
		if err := s.beats(theirs, beating); err != nil {
			return err
		}
	}
	s.Compare("CPU of three "+eureka+"s together for each heartbeat, above silence", "µs", theirs.three.above(beating),
		"one alone", theirs.alone.above(beating), bench.Reach{})
	s.traffic(theirs)
	return nil
}

// above returns what a heartbeat costs beyond silence.
func (c *contender) above(kind string) float64 { return c.median(kind, cost) - c.median(silent, cost) }

// busy returns the share of one processor that was used, in hundredths.
func busy(r round) float64 { return 100 * r.spent.Total().Seconds() / r.Seconds }

// traffic adds what the three sent each other.
func (s *stage) traffic(t *trio) {
	s.Compare("   bytes between three, "+t.name, "KB/s", bench.Median(t.between[beating]), "in silence", bench.Median(t.between[silent]), bench.Reach{})
	if all := t.between[spread]; all != nil {
		s.Add(bench.Figure{What: "   where each reaches another node", Unit: "KB/s", Value: bench.Median(all)})
	}
}
