package main

import (
	"errors"
	"fmt"
	"time"

	"heureka/internal/bench"
)

// playPatterns is row h: two read nodes hear the same changes; the subscribers of
// one name what they want, and those of the other say it by patterns. What the
// second spends more is what patterns cost beyond the groups that match.
func playPatterns(s *stage) error {
	const each = 10 // interests of one subscriber
	p := population{Instances: s.Scaled(10_000, 100), Apps: s.Scaled(100, 10), Size: size}
	f, err := s.Cluster(1, 2, false)
	if err != nil {
		return err
	}
	pen, _, err := s.pen(entry{kind: kindHeureka, write: f.Writes[0].Started.Address, population: p, pens: 4})
	if err != nil {
		return err
	}
	var sides []*contender
	for i, wish := range []string{wantValues, wantPatterns} {
		seats, err := s.Role(wish+" seats", "seats")
		if err != nil {
			return err
		}
		count := p.Instances / each
		open := openSeats{Kind: kindHeureka, Address: f.Reads[i].Started.Address, Count: count, Population: p,
			Wish: wish, Each: each, Judge: (count + judged - 1) / judged}
		if err := seats.Call(s.Context, "open", open, nil); err != nil {
			return err
		}
		var millis float64
		if err := seats.Call(s.Context, "subscribe", subscribing{}, &millis); err != nil {
			return err
		}
		s.Note("%d subscribers to %d %s had everything after %.0f ms", count, each, wish, millis)
		sides = append(sides, &contender{kind: kindHeureka, name: wish, seats: seats, servers: f.Reads[i : i+1]})
	}
	return s.compare(pen, p, sides)
}

// beyond returns what a change cost the second side more than the first, which heard
// it at the same time. It is of all rounds together: a node collects garbage once in
// some seconds, and a round has that or not.
func beyond(sides []*contender) float64 { return overall(sides[1]) - overall(sides[0]) }

// overall returns the microseconds of processor time for each change of all rounds.
func overall(c *contender) float64 {
	var spent time.Duration
	changes := 0
	for _, o := range c.rounds {
		spent += o.spent.Total()
		changes += o.changes
	}
	return bench.Micros(spent) / float64(max(changes, 1))
}

// compare has one pen make changes that both sides hear: at first one of each
// instance, whose vip the node hasn't routed by yet, and then more of them.
func (s *stage) compare(pen *bench.Process, p population, sides []*contender) error {
	const firstRate, rate = 2000, 1000
	total, err := s.together(pen, 0, firstRate, float64(p.Instances)/firstRate, false, sides...)
	if err != nil {
		return err
	}
	first := beyond(sides)
	for _, c := range sides {
		c.rounds = nil
	}
	s.ProfileAgain() // what is looked at is the steady state
	for range s.Rounds {
		if total, err = s.together(pen, total, rate, s.Seconds, false, sides...); err != nil {
			return err
		}
	}
	for _, c := range sides {
		if err := errors.Join(s.Heap(c.servers[0]), s.judge(c)); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	s.Compare("read node's CPU per change beyond the groups that match", "µs", beyond(sides), "", 0, bench.Reach{Value: 5})
	s.Compare("   read node's CPU per change", "µs", overall(sides[1]), "by values", overall(sides[0]), bench.Reach{})
	s.Add(bench.Figure{What: "   beyond, the first change of a value", Unit: "µs", Value: first})
	return nil
}
