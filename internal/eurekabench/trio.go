package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"heureka/internal/bench"
)

// beatRate is how many heartbeats there are in a second in row b.
const beatRate = 1000

// What goes on in row b, each for a while.
const (
	beating = "beating"
	spread  = "spread" // each heartbeat goes to another server than its instance was registered at
	silent  = "silent"
)

// trio is one server and three of a kind, with as many clients. First are three more,
// whose clients all ask the first of them: they differ from one alone just by what
// belonging together costs. Nil: not measured.
type trio struct {
	name    string
	alone   *contender
	first   *contender
	three   *contender
	between map[string][]float64 // by what went on, KB/s that the three sent each other
}

// trio starts one server and three, and registers as much with both.
func (s *stage) trio(name string, p population, start func(count int) ([]*bench.Process, error)) (*trio, error) {
	t := &trio{name: name, between: make(map[string][]float64)}
	for count, to := range map[int]**contender{1: &t.alone, 3: &t.three} {
		servers, err := start(count)
		if err != nil {
			return nil, err
		}
		if *to, err = s.filled(fmt.Sprintf("%d %s", count, name), p, servers); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// firstOfThree starts three servers and registers the same with the first.
func (s *stage) firstOfThree(name string, p population, start func(count int) ([]*bench.Process, error)) (*contender, error) {
	servers, err := start(3)
	if err != nil {
		return nil, err
	}
	return s.filled("first of 3 "+name, p, servers, servers[0].Started.Address)
}

// filled lets servers take part, with the population registered.
func (s *stage) filled(name string, p population, servers []*bench.Process, addresses ...string) (*contender, error) {
	c, err := s.enter(name, p, servers, addresses...)
	if err != nil {
		return nil, err
	}
	return c, s.fill(c)
}

// bareTrio tells what it costs that work is spread over three processes: each handler
// does for its own heartbeats what it would do alone.
func (s *stage) bareTrio(p population) (*trio, error) {
	fixed := func(status int, servers []*bench.Process) error {
		for _, server := range servers {
			if err := server.Call(s.Context, "fix", fixing{Status: status}, nil); err != nil {
				return err
			}
		}
		return nil
	}
	t, err := s.trio(fixedName, p, func(count int) ([]*bench.Process, error) {
		var servers []*bench.Process
		for n := range count {
			server, err := s.Role(fmt.Sprintf("%s %d", fixedName, n+1), "fixed")
			if err != nil {
				return nil, err
			}
			servers = append(servers, server)
		}
		return servers, fixed(http.StatusNoContent, servers) // to registrations
	})
	if err != nil {
		return nil, err
	}
	return t, errors.Join(fixed(http.StatusOK, t.alone.servers), fixed(http.StatusOK, t.three.servers))
}

// beats lets them take turns, with and without heartbeats.
func (s *stage) beats(t *trio, kinds ...string) error {
	for _, kind := range append([]string{silent}, kinds...) {
		for _, c := range present(t.alone, t.first, t.three) {
			if err := s.beat(t, kind, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stage) beat(t *trio, kind string, c *contender) error {
	before, err := trafficBetween(c.servers)
	if err != nil {
		return err
	}
	if kind == silent {
		err = s.silence(c)
	} else {
		ask := looping{Ask: askHeartbeat, Rate: beatRate, Seconds: s.Seconds}
		if kind == spread {
			ask.Aside = 1
		}
		err = s.turn(kind, ask, nil, c)
	}
	if err != nil {
		return err
	}
	after, err := trafficBetween(c.servers)
	if err != nil {
		return err
	}
	if c == t.three {
		last := c.rounds[kind][len(c.rounds[kind])-1]
		t.between[kind] = append(t.between[kind], float64(after.since(before))/1000/last.Seconds)
	}
	return nil
}

// silence measures servers that nobody asks, as if there were heartbeats.
func (s *stage) silence(c *contender) error {
	stop, err := bench.Meter(c.servers)
	if err != nil {
		return err
	}
	if err := s.pause(time.Duration(s.Seconds * float64(time.Second))); err != nil {
		return err
	}
	spent, err := stop()
	if err != nil {
		return err
	}
	c.rounds[silent] = append(c.rounds[silent], round{looped{Answers: int(beatRate * s.Seconds), Seconds: s.Seconds}, spent})
	return nil
}
