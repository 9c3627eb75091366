package main

import (
	"context"
	"fmt"
	"time"

	"heureka/internal/bench"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"
)

// writing is a contender in row d.
type writing struct {
	name    string
	ask     string
	servers []*bench.Process // the first is written to
	pen     *bench.Process
	format  wire.Format // that a node chose
	rate    []float64   // acknowledged in a second
	cost    [][]float64 // by round, microseconds of each server for each of them
	last    ran
}

// playRegistrations is row d.
func playRegistrations(s *stage) error {
	const writers = 64
	p := population{Instances: writers, Apps: writers, Size: size}
	kv, err := s.Role("NATS KV", "nats")
	if err != nil {
		return err
	}
	if err := makeBucket(s.Context, kv.Started.Address); err != nil {
		return err
	}
	all := []*writing{{name: "NATS KV", ask: askPut, servers: []*bench.Process{kv}}}
	for _, nodes := range []int{1, 3} {
		f, err := s.Cluster(nodes, 0, true)
		if err != nil {
			return err
		}
		all = append(all, &writing{name: fmt.Sprintf("%d write nodes", nodes), ask: askRegister, servers: f.Writes})
	}
	for _, w := range all {
		if w.pen, err = s.Role(w.name+" pen", "pen"); err != nil {
			return err
		}
		prepare := preparing{Ask: w.ask, Address: w.servers[0].Started.Address, Connections: writers, Population: p}
		if err := w.pen.Call(s.Context, "prepare", prepare, &w.format); err != nil {
			return err
		}
	}
	for range s.Rounds {
		for _, w := range all {
			if err := s.loop(w); err != nil {
				return err
			}
		}
	}
	for _, w := range all[1:] {
		if err := s.kept(w, p); err != nil {
			return err
		}
	}
	s.registrationFigures(all)
	return nil
}

// loop lets a contender's writers go round for one round.
func (s *stage) loop(w *writing) error {
	stop, err := bench.Meter(w.servers)
	if err != nil {
		return err
	}
	defer s.Profile(w.servers, s.Seconds)()
	if err := w.pen.Call(s.Context, "loop", running{Seconds: s.Seconds}, &w.last); err != nil {
		return err
	}
	if w.last.Answers == 0 {
		return fmt.Errorf("%s: nothing was acknowledged", w.name)
	}
	if len(w.servers) > 1 {
		if err := s.level(w); err != nil { // what followers do counts as theirs
			return err
		}
	}
	spent, err := stop()
	if err != nil {
		return err
	}
	w.rate = append(w.rate, float64(w.last.Answers)/w.last.Seconds)
	costs := make([]float64, len(w.servers))
	for i, p := range w.servers {
		costs[i] = bench.Micros(spent[p.Name]) / float64(w.last.Answers)
	}
	w.cost = append(w.cost, costs)
	return nil
}

// costOf returns the median cost of the server with that number.
func (w *writing) costOf(server int) float64 {
	var all []float64
	for _, costs := range w.cost {
		all = append(all, costs[server])
	}
	return bench.Median(all)
}

func (s *stage) registrationFigures(all []*writing) {
	kv := all[0]
	for _, w := range all[1:] {
		s.Compare(w.name+": acknowledged, stored", "/s", bench.Median(w.rate), kv.name, bench.Median(kv.rate), bench.Reach{Ratio: 1.2, Least: true})
		s.Compare(w.name+": CPU per registration, owner", "µs", w.costOf(0), kv.name, kv.costOf(0), bench.Reach{Ratio: 1.2})
		for i := 1; i < len(w.servers); i++ {
			s.Add(bench.Figure{What: fmt.Sprintf("   follower %d", i), Unit: "µs", Value: w.costOf(i)})
		}
	}
}

// count returns how many instances the writers have registered in all rounds.
func (r ran) count() (n int) {
	for _, made := range r.Made {
		n += made
	}
	return n
}

// level waits until all write nodes hold what was acknowledged.
func (s *stage) level(w *writing) error {
	const look = 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(s.Context, patience)
	defer cancel()
	for _, p := range w.servers {
		for {
			var status struct {
				Live int `json:"live"`
			}
			if err := bench.Read(ctx, "http://"+p.Started.Address+"/api/v1/status", &status); err != nil {
				return err
			}
			if status.Live == w.last.count() {
				break
			}
			select {
			case <-time.After(look):
			case <-ctx.Done():
				return fmt.Errorf("%s holds %d instances, %d were acknowledged: %w", p.Name, status.Live, w.last.count(), ctx.Err())
			}
		}
	}
	return nil
}

// kept judges that all nodes hold everything that was acknowledged, by number,
// and some of it by content.
func (s *stage) kept(w *writing, p population) error {
	const samples = 50
	if err := s.level(w); err != nil {
		return err
	}
	r, err := newRecords(p)
	if err != nil {
		return err
	}
	var report promise.Report
	for _, node := range w.servers {
		registered, held := make(map[model.Key]*model.Instance), make(map[model.Key]*model.Instance)
		for i := range samples {
			k := i%p.Instances + p.Instances*(i*31%w.last.Made[i%p.Instances])
			in := r.instance(mark{instance: k})
			var got model.Instance
			if err := bench.Read(s.Context, fmt.Sprintf("http://%s/api/v1/apps/%s/instances/%s", node.Started.Address, in.App, in.ID), &got); err != nil {
				return err
			}
			registered[in.Key()], held[in.Key()] = in, &got
		}
		promise.Converge(&report, registered, promise.View{Name: node.Name, Holds: held})
	}
	if err := report.Err(); err != nil {
		return err
	}
	s.Note("%s, which chose %s: all %d acknowledged are held by every node, %d of them compared",
		w.name, w.format.Subprotocol(), w.last.count(), samples)
	return nil
}
