package main

import (
	"errors"
	"fmt"
	"time"

	"heureka/internal/bench"
	"heureka/wire"
)

// contender is one kind of servers with the drivers that measure it.
type contender struct {
	kind    string
	name    string
	servers []*bench.Process
	seats   *bench.Process
	pen     *bench.Process
	format  wire.Format // in which subscribers are told
	wrote   wire.Format // in which a node is written to
	total   int         // changes made so far
	rounds  []outcome
}

// outcome is what one round found.
type outcome struct {
	seen
	changes int     // made
	seconds float64 // of the window
	late    float64 // milliseconds
	spent   bench.Spent
}

// entry says who takes part in a contest.
type entry struct {
	kind       string
	servers    []*bench.Process
	listen     string // where subscribers connect
	write      string // where changes are handed in
	population population
	wish       string
	seats      int
	pens       int // connections that write
	format     wire.Format
}

// judged is how many subscribers of a row are judged in full, about.
const judged = 10

// enter starts the drivers of a contender: everything is registered, and all
// subscribers hold it.
func (s *stage) enter(e entry) (*contender, error) {
	c := &contender{kind: e.kind, name: nameOf(e.kind), servers: e.servers, format: e.format}
	var err error
	if c.pen, c.wrote, err = s.pen(e); err != nil {
		return nil, err
	}
	if c.seats, err = s.Role(e.kind+" seats", "seats"); err != nil {
		return nil, err
	}
	return c, s.subscribe(c, e)
}

// pen starts a writer and registers the population. It returns the format that a
// node chose.
func (s *stage) pen(e entry) (*bench.Process, wire.Format, error) {
	pen, err := s.Role(e.kind+" pen", "pen")
	if err != nil {
		return nil, 0, err
	}
	open := openPen{Kind: e.kind, Address: e.write, Format: e.format, Connections: e.pens, Population: e.population}
	var chosen wire.Format
	if err := pen.Call(s.Context, "open", open, &chosen); err != nil {
		return nil, 0, err
	}
	return pen, chosen, pen.Call(s.Context, "register", struct{}{}, nil)
}

// subscribe connects the subscribers and waits until they hold everything.
func (s *stage) subscribe(c *contender, e entry) error {
	open := openSeats{Kind: e.kind, Address: e.listen, Count: e.seats, Population: e.population, Wish: e.wish, Judge: (e.seats + judged - 1) / judged}
	var chosen wire.Format
	if err := c.seats.Call(s.Context, "open", open, &chosen); err != nil {
		return err
	}
	if e.kind == kindHeureka {
		c.format = chosen
	}
	return c.seats.Call(s.Context, "subscribe", subscribing{Total: c.total}, nil)
}

// lead is from the order to change until the first change is due.
const lead = 100 * time.Millisecond

// round has changes made at that rate and notes what came of it. If it is known
// that the contender can't keep up, what is late isn't waited for.
func (s *stage) round(c *contender, rate, seconds float64, overload bool) error {
	_, err := s.together(c.pen, c.total, rate, seconds, overload, c)
	return err
}

// together has one pen make changes that several contenders hear, and returns how
// many were made in all.
func (s *stage) together(pen *bench.Process, total int, rate, seconds float64, overload bool, all ...*contender) (int, error) {
	at := time.Now().Add(lead)
	until := at.Add(time.Duration(seconds * float64(time.Second)))
	var stops []func() (bench.Spent, error)
	for _, c := range all {
		if err := c.seats.Call(s.Context, "begin", beginning{total, until.UnixNano()}, nil); err != nil {
			return total, err
		}
		stop, err := bench.Meter(c.servers)
		if err != nil {
			return total, err
		}
		stops = append(stops, stop)
		defer s.Profile(c.servers, seconds)()
	}
	var done changed
	err := pen.Call(s.Context, "change", changes{Rate: rate, Seconds: seconds, From: total, At: at.UnixNano()}, &done)
	if err != nil {
		return total, err
	}
	for i, c := range all {
		o := outcome{changes: done.Total - total, seconds: seconds, late: done.Late}
		if err := s.finish(c, o, done.Total, stops[i], overload); err != nil {
			return total, err
		}
	}
	return done.Total, nil
}

// finish waits until a contender's subscribers saw everything.
func (s *stage) finish(c *contender, o outcome, total int, stop func() (bench.Spent, error), overload bool) error {
	err := c.seats.Call(s.Context, "end", ending{Total: total, Now: overload}, &o.seen)
	if err != nil {
		return err
	}
	if o.spent, err = stop(); err != nil {
		return err
	}
	c.total = total
	c.rounds = append(c.rounds, o)
	return c.check(o, overload)
}

// check judges a round by the views. A peer that breaks what it doesn't promise
// isn't measured right, which is no less an error.
func (c *contender) check(o outcome, overload bool) error {
	if o.Behind > 0 && !overload || o.Broken != "" {
		return fmt.Errorf("%s: %d views aren't right at the end; %s", c.name, o.Behind, o.Broken)
	}
	return nil
}

// judge puts what the sampled subscribers were told before the checkers.
func (s *stage) judge(c *contender) error {
	var v verdict
	if err := c.seats.Call(s.Context, "judge", ending{Total: c.total}, &v); err != nil {
		return err
	}
	if v.Broken != "" {
		return errors.New(v.Broken)
	}
	s.Note("every view was right at the end of each round, none lost, none twice; %d sessions, %d messages, put before the checkers of promises in full",
		v.Sessions, v.Messages)
	return nil
}

// contest lets the contenders take turns.
func (s *stage) contest(rate float64, contenders ...*contender) error {
	for range s.Rounds {
		for _, c := range contenders {
			if err := s.round(c, rate, s.Seconds, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// median returns the median over the rounds of what is taken from each.
func (c *contender) median(of func(outcome) float64) float64 {
	values := make([]float64, len(c.rounds))
	for i, o := range c.rounds {
		values[i] = of(o)
	}
	return bench.Median(values)
}

func p50(o outcome) float64 { return o.P50 }
func p99(o outcome) float64 { return o.P99 }

// cost returns the microseconds of processor time of all servers for each change
// that reached a subscriber.
func cost(o outcome) float64 {
	return bench.Micros(o.spent.Total()) / float64(max(o.Seen, 1))
}

// costOf returns the part of one server in cost.
func costOf(p *bench.Process) func(outcome) float64 {
	return func(o outcome) float64 { return bench.Micros(o.spent[p.Name]) / float64(max(o.Seen, 1)) }
}

// told notes what else should be known of a contender's rounds.
func (s *stage) told(c *contender) {
	var seen, due int
	late := 0.0
	for _, o := range c.rounds {
		seen, due, late = seen+o.Seen, due+o.Due, max(late, o.late)
	}
	merged := ""
	if due > seen {
		merged = fmt.Sprintf("; %d merged into newer ones", due-seen)
	}
	s.Note("%s: %d of %d changes seen one by one%s; writer at most %.1f ms late", c.name, seen, due, merged, late)
}
