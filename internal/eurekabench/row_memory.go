package main

import (
	"fmt"

	"heureka/internal/bench"
)

// playMemory is row h.
func playMemory(s *stage) error {
	for _, size := range []struct {
		instances int
		reach     float64 // MiB
		peer      bool
	}{{5000, 80, false}, {10_000, 130, true}} {
		instances := s.Scaled(size.instances, 50)
		h, err := s.household(instances, size.peer)
		if err != nil {
			return err
		}
		for _, c := range present(h.write, h.read, h.peer) {
			if err := s.load(h, c); err != nil {
				return err
			}
		}
		for _, c := range present(h.write, h.read, h.peer) {
			reach := bench.Reach{Value: size.reach}
			if c == h.peer {
				reach = bench.Reach{}
			}
			if err := s.memory(fmt.Sprintf("%d instances, %s", instances, c.name), c.servers[0], reach); err != nil {
				return err
			}
		}
		if h.peer == nil && size.peer {
			s.missing(fmt.Sprintf("%d instances", instances))
		}
		if err := h.right(false); err != nil {
			return err
		}
		s.Stop(h.all()...)
	}
	s.Note("resident memory as the kernel tells it, code included, right after the load: both forms of apps and apps/delta over 16 connections under %d changes/s, and heartbeats", changeRate)
	return nil
}

// load is what the other rows ask for.
func (s *stage) load(h *household, c *contender) error {
	for _, ask := range []looping{
		{Ask: askGet, Path: pathApps, Gzip: true}, {Ask: askGet, Path: pathApps}, {Ask: askGet, Path: pathDelta, Gzip: true}, {Ask: askHeartbeat},
	} {
		if ask.Ask == askHeartbeat && c == h.read {
			continue // its driver's population was registered by another
		}
		if err := s.contest(ask.Path, ask, s.changes(h), c); err != nil {
			return err
		}
	}
	return nil
}

// memory adds what a server holds.
func (s *stage) memory(what string, p *bench.Process, reach bench.Reach) error {
	all, err := p.ResidentAll()
	if err != nil {
		return err
	}
	own, err := p.Resident()
	if err != nil {
		return err
	}
	s.Add(bench.Figure{What: what, Unit: "MiB", Value: mebibytes(all), Reach: reach})
	s.Add(bench.Figure{What: "   of that shared with none", Unit: "MiB", Value: mebibytes(own)})
	s.Part = what
	return s.Heap(p)
}

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }

// all lists the household's processes.
func (h *household) all() []*bench.Process {
	all := h.fleet.All()
	for _, c := range present(h.write, h.read, h.peer) {
		all = append(all, c.driver)
		if c == h.peer {
			all = append(all, c.servers...)
		}
	}
	for _, r := range h.registries {
		all = append(all, r.driver)
	}
	return all
}
