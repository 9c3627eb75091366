package main

import (
	"bytes"
	"fmt"
	"net/http"

	"heureka/internal/bench"
)

// playRenewals is row e.
func playRenewals(s *stage) error {
	const clients = 64
	p := population{Instances: clients, Apps: clients, Size: size}
	f, err := s.Cluster(1, 0, false)
	if err != nil {
		return err
	}
	web, err := s.Role("bare handler", "web")
	if err != nil {
		return err
	}
	if err := s.put(f.Writes[0], p); err != nil {
		return err
	}
	ours := &writing{name: "heureka", servers: f.Writes}
	bare := &writing{name: "bare handler", servers: []*bench.Process{web}}
	for _, w := range []*writing{ours, bare} {
		if w.pen, err = s.Role(w.name+" pen", "pen"); err != nil {
			return err
		}
		prepare := preparing{Ask: askRenew, Address: w.servers[0].Started.Address, Connections: clients, Population: p}
		if err := w.pen.Call(s.Context, "prepare", prepare, nil); err != nil {
			return err
		}
	}
	for range s.Rounds {
		for _, w := range []*writing{ours, bare} {
			if err := s.loop(w); err != nil {
				return err
			}
		}
	}
	s.Compare("HTTP, server CPU per renewal", "µs", ours.costOf(0), bare.name, bare.costOf(0), bench.Reach{Ratio: 1.4})
	s.Compare("   renewals", "/s", bench.Median(ours.rate), bare.name, bench.Median(bare.rate), bench.Reach{})
	return s.beats()
}

// put registers by HTTP, so that HTTP renews.
func (s *stage) put(node *bench.Process, p population) error {
	r, err := newRecords(p)
	if err != nil {
		return err
	}
	for k := range p.Instances {
		body, err := r.encoded(mark{instance: k})
		if err != nil {
			return err
		}
		key := p.key(k)
		url := fmt.Sprintf("http://%s/api/v1/apps/%s/instances/%s", node.Started.Address, key.App, key.ID)
		request, err := http.NewRequestWithContext(s.Context, http.MethodPut, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_ = answer.Body.Close() // only the status matters
		if answer.StatusCode >= http.StatusMultipleChoices {
			return fmt.Errorf("%s answers %s", url, answer.Status)
		}
	}
	return nil
}

// beats measures heartbeats of a websocket that carries one registration, and of
// one that carries thousands.
func (s *stage) beats() error {
	each := make(map[int][]float64)
	many := s.Scaled(10_000, 100)
	for _, count := range []int{1, many} {
		f, err := s.Cluster(1, 0, false)
		if err != nil {
			return err
		}
		p := population{Instances: count, Apps: 1, Size: size}
		pen, _, err := s.pen(entry{kind: kindHeureka, write: f.Writes[0].Started.Address, population: p, pens: 1})
		if err != nil {
			return err
		}
		for range s.Rounds {
			stop, err := bench.Meter(f.Writes)
			if err != nil {
				return err
			}
			var answer ran
			if err := pen.Call(s.Context, "beat", running{Seconds: s.Seconds / 2}, &answer); err != nil {
				return err
			}
			spent, err := stop()
			if err != nil {
				return err
			}
			each[count] = append(each[count], bench.Micros(spent.Total())/float64(max(answer.Answers, 1)))
		}
		s.Stop(append(f.Writes, pen)...)
	}
	s.Compare(fmt.Sprintf("websocket, server CPU per heartbeat, %d registrations on it", many), "µs",
		bench.Median(each[many]), "with one", bench.Median(each[1]), bench.Reach{})
	return nil
}
