package main

import "heureka/internal/bench"

// grown returns by how many bytes the memory of a process grows through what is
// done.
func (s *stage) grown(p *bench.Process, do func() error) (int64, error) {
	before, err := s.Settled(p)
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := s.Settled(p)
	if err != nil {
		return 0, err
	}
	return after - before, s.Heap(p)
}

// playIdle is row f.
func playIdle(s *stage) error {
	count := s.Scaled(5000, 10)
	p := population{Instances: s.Scaled(1000, 100), Apps: s.Scaled(100, 10), Size: size}
	f, err := s.Cluster(1, 1, false)
	if err != nil {
		return err
	}
	e := entry{kind: kindHeureka, listen: f.Reads[0].Started.Address, write: f.Writes[0].Started.Address, population: p, wish: wantApp, pens: 1}
	if _, _, err := s.pen(e); err != nil {
		return err
	}
	sockets, err := s.Role("bare socket", "sockets")
	if err != nil {
		return err
	}
	websockets, err := s.Role("library's default", "websockets")
	if err != nil {
		return err
	}
	each := make(map[string]float64)
	for _, c := range []struct {
		kind   string
		server *bench.Process
	}{{kindHeureka, f.Reads[0]}, {kindSocket, sockets}, {kindWebsocket, websockets}} {
		grown, err := s.grown(c.server, func() error { return s.idle(c.kind, c.server, p, count) })
		if err != nil {
			return err
		}
		each[c.kind] = float64(grown) / float64(count) / 1024
	}
	s.Compare("each of many", "KiB", each[kindHeureka], "bare socket", each[kindSocket], bench.Reach{Value: 10})
	s.Compare("   the same", "KiB", each[kindHeureka], "library's default", each[kindWebsocket], bench.Reach{})
	s.Note("%d subscribers of %d applications; after a collection of garbage", count, p.Apps)
	return nil
}

// idle connects subscribers and lets them be.
func (s *stage) idle(kind string, server *bench.Process, p population, count int) error {
	seats, err := s.Role(kind+" seats", "seats")
	if err != nil {
		return err
	}
	open := openSeats{Kind: kind, Address: server.Started.Address, Count: count, Population: p, Wish: wantApp}
	if err := seats.Call(s.Context, "open", open, nil); err != nil {
		return err
	}
	if kind != kindHeureka {
		return nil
	}
	return seats.Call(s.Context, "subscribe", subscribing{}, nil)
}

// playMemory is row i.
func playMemory(s *stage) error {
	p := population{Instances: s.Scaled(100_000, 100), Apps: s.Scaled(1000, 10), Size: size}
	f, err := s.Cluster(1, 1, false)
	if err != nil {
		return err
	}
	e := entry{kind: kindHeureka, servers: f.All(), listen: f.Reads[0].Started.Address, write: f.Writes[0].Started.Address,
		population: p, wish: wantFull, seats: 1, pens: 16}
	write, err := s.Settled(f.Writes[0])
	if err != nil {
		return err
	}
	var ours *contender
	grown, err := s.grown(f.Reads[0], func() (err error) { ours, err = s.enter(e); return err })
	if err != nil {
		return err
	}
	after, err := s.Settled(f.Writes[0])
	if err != nil {
		return err
	}
	if err := s.judge(ours); err != nil {
		return err
	}
	kv, err := s.Role(kindKV, "nats")
	if err != nil {
		return err
	}
	if err := makeBucket(s.Context, kv.Started.Address); err != nil {
		return err
	}
	theirs, err := s.grown(kv, func() error {
		_, _, err := s.pen(entry{kind: kindKV, write: kv.Started.Address, population: p, pens: 4})
		return err
	})
	if err != nil {
		return err
	}
	s.Compare("read node", "MiB", mebibytes(grown), "NATS KV", mebibytes(theirs), bench.Reach{Value: 150})
	s.Add(bench.Figure{What: "write node", Unit: "MiB", Value: mebibytes(after - write)})
	s.Note("%d instances; after a collection of garbage", p.Instances)
	return nil
}
