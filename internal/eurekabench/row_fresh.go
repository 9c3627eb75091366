package main

import (
	"slices"
	"time"

	"heureka/internal/bench"
)

// pollRate is how many times a second apps is looked at for its age.
const pollRate = 20

// stale is how long the peer is looked at: it shows things every 30 s.
const stale = 32

// playAges is row e.
func playAges(s *stage) error {
	h, err := s.household(s.Scaled(5000, 50), s.settings.Stale)
	if err != nil {
		return err
	}
	for _, c := range present(h.write, h.read, h.peer) {
		seconds := s.Seconds * float64(s.Rounds)
		if c == h.peer {
			seconds = max(seconds, stale)
		}
		old, err := s.ages(h, c, seconds)
		if err != nil {
			return err
		}
		reach := bench.Reach{Value: 50}
		if c == h.peer {
			reach = bench.Reach{}
		}
		s.Add(bench.Figure{What: "apps, gzip, age at most, " + c.name, Unit: "ms", Value: percentile(old, 100), Reach: reach})
		s.Add(bench.Figure{What: "   median", Unit: "ms", Value: percentile(old, 50)})
		s.Add(bench.Figure{What: "   99 of 100", Unit: "ms", Value: percentile(old, 99)})
	}
	if h.peer == nil {
		s.missingStale("apps, gzip, age at most")
	}
	s.Note("age: how long before an answer was asked for the oldest change that it lacks had been acknowledged; %d answers a second", pollRate)
	return h.right(false)
}

// ages looks at a contender's apps under changes and returns how old each answer
// was, sorted.
func (s *stage) ages(h *household, c *contender, seconds float64) ([]float64, error) {
	r := h.of(c)
	from := r.changed.Total
	end := s.change(r, seconds)
	var answers []polled
	err := c.driver.Call(s.Context, "poll", polling{Rate: pollRate, Seconds: seconds}, &answers)
	if changed := end(); err == nil {
		err = changed
	}
	if err != nil {
		return nil, err
	}
	old := ages(answers, r.changed.Told, from)
	slices.Sort(old)
	return old, nil
}

// playAppearance is row f.
func playAppearance(s *stage) error {
	h, err := s.household(s.Scaled(5000, 50), s.settings.Stale)
	if err != nil {
		return err
	}
	made := h.p.Instances
	for _, c := range present(h.write, h.read, h.peer) {
		args := telling{Write: h.of(c).address, Read: c.servers[0].Started.Address, Population: h.p, Samples: s.Scaled(200, 5),
			PatienceMs: int(bench.Patience / time.Millisecond)}
		reach := bench.Reach{Value: 50}
		args.Population.Instances = made
		if c == h.peer {
			args.Samples, reach = 1, bench.Reach{}
		}
		client, err := s.Role(c.name+" client", "client")
		if err != nil {
			return err
		}
		var took []float64
		if err := client.Call(s.Context, "appear", args, &took); err != nil {
			return err
		}
		made += args.Samples
		s.Add(bench.Figure{What: "registered, then in apps, 99 of 100, " + c.name, Unit: "ms", Value: percentile(took, 99), Reach: reach})
		s.Add(bench.Figure{What: "   median", Unit: "ms", Value: percentile(took, 50)})
	}
	if h.peer == nil {
		s.missingStale("registered, then in apps")
	}
	s.Note("from its 204 to the end of the first answer that shows it, plain, asked for again and again over one connection")
	return nil
}

// percentile returns what so many of a hundred sorted values are at most.
func percentile(sorted []float64, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*percent+99)/100-1]
}
