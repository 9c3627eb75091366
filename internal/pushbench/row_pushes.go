package main

import (
	"heureka/wire"

	"heureka/internal/bench"
)

// ours starts a small cluster and enters it.
func (s *stage) ours(e entry) (*bench.Fleet, *contender, error) {
	f, err := s.Cluster(1, 1, false)
	if err != nil {
		return nil, nil, err
	}
	e.kind, e.servers, e.listen, e.write = kindHeureka, f.All(), f.Reads[0].Started.Address, f.Writes[0].Started.Address
	c, err := s.enter(e)
	return f, c, err
}

// peer starts a server of another kind and enters it. What it pushes has the form
// that ours chose.
func (s *stage) peer(kind string, format wire.Format, e entry) (*contender, error) {
	role := "nats"
	if kind == kindBare {
		role = "bare"
	}
	server, err := s.Role(kind, role)
	if err != nil {
		return nil, err
	}
	e.kind, e.servers, e.format = kind, []*bench.Process{server}, format
	e.listen, e.write = server.Started.Address, server.Started.Address
	if kind == kindBare {
		e.write = server.Started.Publish
	}
	if kind == kindKV {
		if err := makeBucket(s.Context, server.Started.Address); err != nil {
			return nil, err
		}
	}
	return s.enter(e)
}

// playOneApp is row a.
func playOneApp(s *stage) error {
	e := entry{population: population{Instances: 100, Apps: 1, Size: size}, wish: wantApp, seats: s.Scaled(1000, 2), pens: 1}
	f, ours, err := s.ours(e)
	if err != nil {
		return err
	}
	bare, err := s.peer(kindBare, ours.format, e)
	if err != nil {
		return err
	}
	core, err := s.peer(kindNATS, ours.format, e)
	if err != nil {
		return err
	}
	library, err := s.peer(kindNATSGo, ours.format, e)
	if err != nil {
		return err
	}
	if err := s.contest(50, ours, bare, core, library); err != nil {
		return err
	}
	const what = "50 changes/s: "
	s.Compare(what+"server CPU per delivered change", "µs", ours.median(cost), "bare write", bare.median(cost), bench.Reach{Ratio: 1.2})
	s.Add(bench.Figure{What: "   of it the read node", Unit: "µs", Value: ours.median(costOf(f.Reads[0]))})
	s.Add(bench.Figure{What: "   of it the write node", Unit: "µs", Value: ours.median(costOf(f.Writes[0]))})
	s.Compare("   the same", "µs", ours.median(cost), core.name, core.median(cost), bench.Reach{})
	for _, c := range []*contender{core, library, bare} {
		p50Reach, p99Reach := bench.Reach{Ratio: 0.6}, bench.Reach{Ratio: 0.8}
		if c == bare {
			p50Reach, p99Reach = bench.Reach{}, bench.Reach{}
		}
		s.Compare(what+"sent to seen, p50", "ms", ours.median(p50), c.name, c.median(p50), p50Reach)
		s.Compare(what+"sent to seen, p99", "ms", ours.median(p99), c.name, c.median(p99), p99Reach)
	}
	s.told(ours)
	s.Note("the nodes chose %s for subscribers and %s for writers; %s is heard by readers as cheap as ours, %s by its client library",
		ours.format.Subprotocol(), ours.wrote.Subprotocol(), core.name, library.name)
	return s.overload(500, f, ours, core, library)
}

// overload offers more than a contender can deliver.
func (s *stage) overload(rate float64, f *bench.Fleet, ours *contender, peers ...*contender) error {
	ours.rounds = nil
	for range s.Rounds {
		if err := s.round(ours, rate, s.Seconds, false); err != nil {
			return err
		}
	}
	if err := s.judge(ours); err != nil {
		return err
	}
	const what = "500 changes/s offered: "
	seats := float64(s.Scaled(1000, 2))
	delivered := func(o outcome) float64 { return float64(o.InWindow) / seats / o.seconds }
	for _, c := range peers {
		c.rounds = nil
		if err := s.round(c, rate/4, s.Seconds, true); err != nil {
			return err
		}
		s.Note("%s, offered a quarter of that: %.0f/s delivered to each, p99 %.1f ms", c.name, c.median(delivered), c.median(p99))
		// What a peer is late with would take it long: one round, and then it goes.
		c.rounds = nil
		if err := s.round(c, rate, s.Seconds, true); err != nil {
			return err
		}
		s.Stop(append(c.servers, c.seats, c.pen)...)
		s.Compare(what+"delivered to each", "/s", ours.median(delivered), c.name, c.median(delivered), bench.Reach{Ratio: 4, Least: true})
		s.Compare("   sent to seen in time, p99", "ms", ours.median(p99), c.name, c.median(p99), bench.Reach{Value: 250})
	}
	s.Add(bench.Figure{What: what + "server CPU per delivered change", Unit: "µs", Value: ours.median(cost)})
	s.Add(bench.Figure{What: "   of it the read node", Unit: "µs", Value: ours.median(costOf(f.Reads[0]))})
	s.told(ours)
	s.Note("of 500 offered nobody delivers more: the ratio can be 4 where the peer's limit is 125")
	return nil
}

// playManyApps is row b.
func playManyApps(s *stage) error {
	e := entry{
		population: population{Instances: s.Scaled(10_000, 100), Apps: s.Scaled(100, 10), Size: size},
		wish:       wantApp, seats: s.Scaled(500, 10), pens: 4,
	}
	f, ours, err := s.ours(e)
	if err != nil {
		return err
	}
	core, err := s.peer(kindNATS, ours.format, e)
	if err != nil {
		return err
	}
	kv, err := s.peer(kindKV, ours.format, e)
	if err != nil {
		return err
	}
	if err := s.contest(200, ours, core, kv); err != nil {
		return err
	}
	s.Compare("sent to seen, p50", "ms", ours.median(p50), "core NATS", core.median(p50), bench.Reach{Ratio: 2})
	s.Compare("sent to seen, p99", "ms", ours.median(p99), "NATS KV", kv.median(p99), bench.Reach{Ratio: 2})
	s.Compare("   sent to seen, p50", "ms", ours.median(p50), "NATS KV", kv.median(p50), bench.Reach{})
	s.Compare("   sent to seen, p99", "ms", ours.median(p99), "core NATS", core.median(p99), bench.Reach{})
	s.Compare("   server CPU per delivered change", "µs", ours.median(cost), "core NATS", core.median(cost), bench.Reach{})
	s.Add(bench.Figure{What: "   of it the read node", Unit: "µs", Value: ours.median(costOf(f.Reads[0]))})
	s.told(ours)
	s.Note("%d applications: each change is told %d subscribers", e.population.Apps, e.seats/e.population.Apps)
	return s.judge(ours)
}

// playCrowd is row g.
func playCrowd(s *stage) error {
	e := entry{
		population: population{Instances: s.Scaled(10_000, 100), Apps: s.Scaled(1000, 10), Size: size},
		wish:       wantApp, seats: s.Scaled(15_000, 20), pens: 4,
	}
	f, ours, err := s.ours(e)
	if err != nil {
		return err
	}
	core, err := s.peer(kindNATS, ours.format, e)
	if err != nil {
		return err
	}
	if err := s.contest(200, ours, core); err != nil {
		return err
	}
	s.Compare("sent to seen, p50", "ms", ours.median(p50), "core NATS", core.median(p50), bench.Reach{})
	s.Compare("sent to seen, p99", "ms", ours.median(p99), "core NATS", core.median(p99), bench.Reach{Value: 20})
	s.Compare("server CPU per delivered change", "µs", ours.median(cost), "core NATS", core.median(cost), bench.Reach{})
	memory, err := f.Reads[0].Resident()
	if err != nil {
		return err
	}
	s.Add(bench.Figure{What: "read node's memory", Unit: "MiB", Value: mebibytes(memory)})
	s.told(ours)
	return s.judge(ours)
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }
