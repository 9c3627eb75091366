package main

import (
	"fmt"
	"net/http"
	"time"

	"heureka/internal/bench"
)

// playRegistrations is row c.
func playRegistrations(s *stage) error {
	p := population{Apps: 500, Lease: longLease}
	f, err := s.Cluster(3, 0, true, "--eureka1")
	if err != nil {
		return err
	}
	ours, err := s.enter("owner of three, stored", p, f.Writes, f.Writes[0].Started.Address)
	if err != nil {
		return err
	}
	fixed, err := s.fixed(p, http.StatusNoContent, 0)
	if err != nil {
		return err
	}
	peer, err := s.peer(p, false)
	if err != nil {
		return err
	}
	const what = "register"
	ask := looping{Ask: askRegister}
	if peer != nil {
		if err := s.warm(peer, ask); err != nil {
			return err
		}
	}
	// What followers do counts as theirs: a turn isn't over before they have.
	level := func(c *contender) (func() error, error) {
		return func() error { return s.level(c, f.Writes, ours) }, nil
	}
	if err := s.contest(what, ask, level, present(ours, fixed, peer)...); err != nil {
		return err
	}
	base := fixed.median(what, cost)
	s.Compare(what+", "+ours.name, "µs", ours.median(what, costOf(f.Writes[0])), fixedName, base, bench.Reach{Ratio: 3})
	for n, follower := range f.Writes[1:] {
		s.Compare(fmt.Sprintf("   follower %d", n+1), "µs", ours.median(what, costOf(follower)), fixedName, base, bench.Reach{})
	}
	s.Add(bench.Figure{What: "   acknowledged", Unit: "/s", Value: ours.median(what, rate)})
	if peer == nil {
		s.missing(what)
	} else {
		s.Compare(what+", "+eureka, "µs", peer.median(what, cost), fixedName, base, bench.Reach{})
	}
	s.Note("all %d acknowledged are held by every node, some of them compared", ours.last.Made)
	return judgeKept(f.Writes, p, ours.last.Made)
}

func rate(r round) float64 { return float64(r.Answers) / r.Seconds }

// level waits until all nodes hold what was acknowledged to ours.
func (s *stage) level(c *contender, nodes []*bench.Process, ours *contender) error {
	if c != ours {
		return nil
	}
	const look = 20 * time.Millisecond
	for deadline := time.Now().Add(bench.Patience); ; {
		held, err := s.hold(nodes, c.last.Made)
		switch {
		case err != nil || held:
			return err
		case time.Now().After(deadline):
			return fmt.Errorf("%d were acknowledged, a node doesn't hold them", c.last.Made)
		}
		if err := s.pause(look); err != nil {
			return err
		}
	}
}

// hold reports whether all nodes hold so many instances.
func (s *stage) hold(nodes []*bench.Process, count int) (bool, error) {
	for _, p := range nodes {
		var status struct {
			Live int `json:"live"`
		}
		if err := bench.Read(s.Context, "http://"+p.Started.Address+"/api/v1/status", &status); err != nil {
			return false, err
		}
		if status.Live != count {
			return false, nil
		}
	}
	return true, nil
}
