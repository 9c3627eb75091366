package main

import (
	"errors"
	"time"

	"heureka/internal/bench"
)

// stage is where one row plays.
type stage struct {
	*bench.Stage
	settings *settings
}

// contender is one kind of servers with the driver that asks them.
type contender struct {
	name    string
	servers []*bench.Process // whose processor time counts
	driver  *bench.Process
	last    looped
	rounds  map[string][]round // by what was asked
}

// round is what one round found.
type round struct {
	looped
	spent bench.Spent
}

// fixedName is what tables call the baseline.
const fixedName = "fixed bytes"

// enter lets servers take part: a driver connects to the addresses.
func (s *stage) enter(name string, p population, servers []*bench.Process, addresses ...string) (*contender, error) {
	c := &contender{name: name, servers: servers, rounds: make(map[string][]round)}
	if len(addresses) == 0 {
		for _, server := range servers {
			addresses = append(addresses, server.Started.Address)
		}
	}
	var err error
	if c.driver, err = s.Role(name+" driver", "driver"); err != nil {
		return nil, err
	}
	return c, c.driver.Call(s.Context, "open", opening{Addresses: addresses, Population: p}, nil)
}

// connect gives a contender's driver its connections.
func (s *stage) connect(c *contender) error {
	return c.driver.Call(s.Context, "connect", struct{}{}, nil)
}

// fill registers the population.
func (s *stage) fill(c *contender) error {
	if err := s.connect(c); err != nil {
		return err
	}
	return c.driver.Call(s.Context, "fill", struct{}{}, nil)
}

// fixed starts the baseline, which answers so many bytes, and its driver.
func (s *stage) fixed(p population, status, length int) (*contender, error) {
	server, err := s.Role(fixedName, "fixed")
	if err != nil {
		return nil, err
	}
	c, err := s.enter(fixedName, p, []*bench.Process{server})
	if err != nil {
		return nil, err
	}
	return c, s.fix(c, status, length)
}

func (s *stage) fix(c *contender, status, length int) error {
	return c.servers[0].Call(s.Context, "fix", fixing{status, length}, nil)
}

// peer starts the Eureka server, its population registered; nil if it isn't measured.
func (s *stage) peer(p population, fill bool) (*contender, error) {
	servers, err := s.servers(1)
	if err != nil || servers == nil {
		return nil, err
	}
	c, err := s.enter(eureka, p, servers)
	if err != nil || !fill {
		return c, err
	}
	return c, s.fill(c)
}

// warm asks for the same as is measured later, which counts nowhere.
func (s *stage) warm(c *contender, args looping) error {
	args.Seconds, args.Rate = s.settings.Warm, 0
	if err := s.connect(c); err != nil {
		return err
	}
	return c.driver.Call(s.Context, "loop", args, &c.last)
}

// beside begins what goes on beside a contender's turn; end waits until it is over.
type beside func(c *contender) (end func() error, err error)

// contest lets the contenders take turns, under the name of what is asked. Meanwhile
// may be nil.
func (s *stage) contest(what string, args looping, meanwhile beside, contenders ...*contender) error {
	args.Seconds = s.Seconds
	for range s.Rounds {
		for _, c := range contenders {
			if err := s.turn(what, args, meanwhile, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stage) turn(what string, args looping, meanwhile beside, c *contender) error {
	s.Part = what
	end := func() error { return nil }
	if err := s.connect(c); err != nil {
		return err
	}
	stop, err := bench.Meter(c.servers)
	if err != nil {
		return err
	}
	defer s.Profile(c.servers, s.Seconds)()
	if meanwhile != nil {
		if end, err = meanwhile(c); err != nil {
			return err
		}
	}
	err = c.driver.Call(s.Context, "loop", args, &c.last)
	if err := errors.Join(err, end()); err != nil {
		return err
	}
	spent, err := stop()
	if err != nil {
		return err
	}
	c.rounds[what] = append(c.rounds[what], round{c.last, spent})
	return nil
}

// median returns the median over the rounds of what is taken from each.
func (c *contender) median(what string, of func(round) float64) float64 {
	var values []float64
	for _, r := range c.rounds[what] {
		values = append(values, of(r))
	}
	return bench.Median(values)
}

// cost returns the microseconds of processor time of all servers for each answer.
func cost(r round) float64 { return bench.Micros(r.spent.Total()) / float64(max(r.Answers, 1)) }

// costOf returns the part of one server in cost.
func costOf(p *bench.Process) func(round) float64 {
	return func(r round) float64 { return bench.Micros(r.spent[p.Name]) / float64(max(r.Answers, 1)) }
}

// costs adds the figures of contenders beside the baseline; a reach for ours.
func (s *stage) costs(what string, fixed, peer *contender, reach bench.Reach, ours ...*contender) {
	base := fixed.median(what, cost)
	for _, c := range ours {
		s.Compare(what+", "+c.name, "µs", c.median(what, cost), fixedName, base, reach)
	}
	if peer == nil {
		s.missing(what)
		return
	}
	s.Compare(what+", "+eureka, "µs", peer.median(what, cost), fixedName, base, bench.Reach{})
}

// missing says that the Eureka server wasn't measured.
func (s *stage) missing(what string) {
	s.Add(bench.Figure{What: what + ", " + eureka, Missing: "not run"})
}

// missingStale says that the Eureka server wasn't measured where that takes long.
func (s *stage) missingStale(what string) {
	why := "not run"
	if !s.settings.Stale {
		why = "not run: without --stale"
	}
	s.Add(bench.Figure{What: what + ", " + eureka, Missing: why})
}

// present leaves out those that aren't there.
func present(contenders ...*contender) (all []*contender) {
	for _, c := range contenders {
		if c != nil {
			all = append(all, c)
		}
	}
	return all
}

// pause lets time pass, unless the row is over.
func (s *stage) pause(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-s.Context.Done():
		return s.Context.Err()
	}
}
