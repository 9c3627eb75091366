package main

import "time"

// settled waits until the memory of a process has come to rest after its garbage
// is collected, but not for ever, and returns the bytes that it holds.
func (s *stage) settled(p *process) (int64, error) {
	const look, looks, still = 500 * time.Millisecond, 16, 0.005
	if err := s.collect(p); err != nil {
		return 0, err
	}
	before, err := p.resident()
	if err != nil {
		return 0, err
	}
	for range looks {
		select {
		case <-time.After(look):
		case <-s.ctx.Done():
			return 0, s.ctx.Err()
		}
		now, err := p.resident()
		if err != nil {
			return 0, err
		}
		if float64(before-now) < still*float64(before) {
			return now, nil
		}
		before = now
	}
	return before, nil
}

// grown returns by how many bytes the memory of a process grows through what is
// done.
func (s *stage) grown(p *process, do func() error) (int64, error) {
	before, err := s.settled(p)
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := s.settled(p)
	if err != nil {
		return 0, err
	}
	return after - before, s.heap(p)
}

// playIdle is row f.
func playIdle(s *stage) error {
	count := s.scaled(5000, 10)
	p := population{Instances: s.scaled(1000, 100), Apps: s.scaled(100, 10), Size: size}
	f, err := s.cluster(1, 1, false)
	if err != nil {
		return err
	}
	e := entry{kind: kindHeureka, listen: f.reads[0].started.Address, write: f.writes[0].started.Address, population: p, wish: wantApp, pens: 1}
	if _, _, err := s.pen(e); err != nil {
		return err
	}
	sockets, err := s.role("bare socket", "sockets")
	if err != nil {
		return err
	}
	websockets, err := s.role("library's default", "websockets")
	if err != nil {
		return err
	}
	each := make(map[string]float64)
	for _, c := range []struct {
		kind   string
		server *process
	}{{kindHeureka, f.reads[0]}, {kindSocket, sockets}, {kindWebsocket, websockets}} {
		grown, err := s.grown(c.server, func() error { return s.idle(c.kind, c.server, p, count) })
		if err != nil {
			return err
		}
		each[c.kind] = float64(grown) / float64(count) / 1024
	}
	s.add(figure{"each of many", "KiB", each[kindHeureka], "bare socket", each[kindSocket], reach{Value: 10}})
	s.add(figure{"   the same", "KiB", each[kindHeureka], "library's default", each[kindWebsocket], reach{}})
	s.note("%d subscribers of %d applications; after a collection of garbage", count, p.Apps)
	return nil
}

// idle connects subscribers and lets them be.
func (s *stage) idle(kind string, server *process, p population, count int) error {
	seats, err := s.role(kind+" seats", "seats")
	if err != nil {
		return err
	}
	open := openSeats{Kind: kind, Address: server.started.Address, Count: count, Population: p, Wish: wantApp}
	if err := seats.call(s.ctx, "open", open, nil); err != nil {
		return err
	}
	if kind != kindHeureka {
		return nil
	}
	return seats.call(s.ctx, "subscribe", subscribing{}, nil)
}

// playMemory is row i.
func playMemory(s *stage) error {
	p := population{Instances: s.scaled(100_000, 100), Apps: s.scaled(1000, 10), Size: size}
	f, err := s.cluster(1, 1, false)
	if err != nil {
		return err
	}
	e := entry{kind: kindHeureka, servers: f.all(), listen: f.reads[0].started.Address, write: f.writes[0].started.Address,
		population: p, wish: wantFull, seats: 1, pens: 16}
	write, err := s.settled(f.writes[0])
	if err != nil {
		return err
	}
	var ours *contender
	grown, err := s.grown(f.reads[0], func() (err error) { ours, err = s.enter(e); return err })
	if err != nil {
		return err
	}
	after, err := s.settled(f.writes[0])
	if err != nil {
		return err
	}
	if err := s.judge(ours); err != nil {
		return err
	}
	kv, err := s.role(kindKV, "nats")
	if err != nil {
		return err
	}
	if err := makeBucket(s.ctx, kv.started.Address); err != nil {
		return err
	}
	theirs, err := s.grown(kv, func() error {
		_, _, err := s.pen(entry{kind: kindKV, write: kv.started.Address, population: p, pens: 4})
		return err
	})
	if err != nil {
		return err
	}
	s.add(figure{"read node", "MiB", mebibytes(grown), "NATS KV", mebibytes(theirs), reach{Value: 150}})
	s.add(figure{What: "write node", Unit: "MiB", Value: mebibytes(after - write)})
	s.note("%d instances; after a collection of garbage", p.Instances)
	return nil
}
