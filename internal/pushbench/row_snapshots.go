package main

import (
	"fmt"

	"heureka/internal/bench"
)

// playSnapshots is row c.
func playSnapshots(s *stage) error {
	e := entry{population: population{Instances: s.Scaled(10_000, 100), Apps: s.Scaled(100, 10), Size: size}, wish: wantFull, pens: 4}
	f, err := s.Cluster(1, 1, false)
	if err != nil {
		return err
	}
	ours := e
	ours.kind, ours.servers, ours.listen, ours.write = kindHeureka, f.All(), f.Reads[0].Started.Address, f.Writes[0].Started.Address
	if _, _, err := s.pen(ours); err != nil {
		return err
	}
	server, err := s.Role(kindKV, "nats")
	if err != nil {
		return err
	}
	if err := makeBucket(s.Context, server.Started.Address); err != nil {
		return err
	}
	kv := e
	kv.kind, kv.servers, kv.listen, kv.write = kindKV, []*bench.Process{server}, server.Started.Address, server.Started.Address
	if _, _, err := s.pen(kv); err != nil {
		return err
	}
	return s.snapshots(ours, kv)
}

// snapshots has one, and then a hundred, subscribe to everything at once, several
// times.
func (s *stage) snapshots(ours, kv entry) error {
	for _, seats := range []int{1, s.Scaled(100, 3)} {
		took, spentEach := make(map[string][]float64), make(map[string][]float64)
		rounds := s.Rounds
		if seats == 1 {
			rounds *= 3 // each takes no time, and differs more
		}
		for round := range rounds {
			for _, e := range []entry{ours, kv} {
				e.seats = seats
				millis, micros, err := s.snapshot(e, fmt.Sprintf("%s seats %d.%d", e.kind, seats, round))
				if err != nil {
					return err
				}
				took[e.kind] = append(took[e.kind], millis)
				spentEach[e.kind] = append(spentEach[e.kind], micros)
			}
		}
		what := "to one subscriber"
		if seats > 1 {
			what = fmt.Sprintf("to %d at once", seats)
		}
		s.Compare(what, "ms", bench.Median(took[kindHeureka]), "NATS KV", bench.Median(took[kindKV]), bench.Reach{Ratio: 0.75})
		s.Compare("   server CPU", "ms", bench.Median(spentEach[kindHeureka])/1000, "NATS KV", bench.Median(spentEach[kindKV])/1000, bench.Reach{})
	}
	s.Note("NATS KV is watched through its client library, which takes a part of the time")
	return nil
}

// snapshot lets new subscribers subscribe, and returns the milliseconds until the
// last had everything, and the servers' microseconds for it.
func (s *stage) snapshot(e entry, name string) (millis, cpu float64, err error) {
	seats, err := s.Role(name, "seats")
	if err != nil {
		return 0, 0, err
	}
	defer s.Stop(seats)
	open := openSeats{Kind: e.kind, Address: e.listen, Count: e.seats, Population: e.population, Wish: e.wish, Judge: e.seats}
	if err := seats.Call(s.Context, "open", open, nil); err != nil {
		return 0, 0, err
	}
	stop, err := bench.Meter(e.servers)
	if err != nil {
		return 0, 0, err
	}
	if e.seats > 1 {
		defer s.Profile(e.servers, 1)()
	}
	if err := seats.Call(s.Context, "subscribe", subscribing{}, &millis); err != nil {
		return 0, 0, err
	}
	spent, err := stop()
	if err != nil {
		return 0, 0, err
	}
	if e.kind == kindHeureka {
		var v verdict
		if err := seats.Call(s.Context, "judge", ending{}, &v); err != nil {
			return 0, 0, err
		}
		if v.Broken != "" {
			return 0, 0, fmt.Errorf("%s: %s", name, v.Broken)
		}
	}
	return millis, bench.Micros(spent.Total()), nil
}
