package main

import (
	"net/http"
	"time"

	"heureka/internal/bench"
)

// playHeartbeats is row a.
func playHeartbeats(s *stage) error {
	p := population{Instances: s.Scaled(1000, connections), Apps: 100, Lease: longLease}
	f, err := s.Cluster(1, 1, false, "--eureka1")
	if err != nil {
		return err
	}
	write, err := s.enter("write node", p, f.Writes)
	if err != nil {
		return err
	}
	read, err := s.enter("read node, which passes it on, and write node", p, f.All(), f.Reads[0].Started.Address)
	if err != nil {
		return err
	}
	if err := s.fill(write); err != nil {
		return err
	}
	fixed, err := s.fixed(p, http.StatusOK, 0)
	if err != nil {
		return err
	}
	peer, err := s.peer(p, true)
	if err != nil {
		return err
	}
	const what = "heartbeat"
	ask := looping{Ask: askHeartbeat}
	if peer != nil {
		if err := s.warm(peer, ask); err != nil {
			return err
		}
	}
	if err := s.contest(what, ask, nil, present(write, read, fixed, peer)...); err != nil {
		return err
	}
	s.costs(what, fixed, peer, bench.Reach{Ratio: 1.4}, write)
	s.Compare(what+", "+read.name, "µs", read.median(what, cost), fixedName, fixed.median(what, cost), bench.Reach{})
	return judge(f.Writes[0].Started.Address, p, 0, judgePatience)
}

// judgePatience is how long a node may take to show what it has acknowledged, which is
// milliseconds, and peerPatience Eureka's server, which shows it every 30 s.
const (
	judgePatience = bench.Patience
	peerPatience  = 45 * time.Second
)
