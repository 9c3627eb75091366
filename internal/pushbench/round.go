package main

import (
	"fmt"
	"slices"
	"strings"
)

// beginning are the arguments of "begin": a round whose window ends then.
type beginning struct {
	From  int   `json:"from"` // changes made before
	Until int64 `json:"until"`
}

func (s *seats) begin(args beginning) (any, error) {
	s.from = args.From
	for _, seat := range s.all {
		seat.mu.Lock()
		seat.view.begin(args.Until)
		seat.mu.Unlock()
	}
	return nil, nil
}

// ending are the arguments of "end": when so many changes were made in all.
type ending struct {
	Total int  `json:"total"`
	Now   bool `json:"now,omitempty"` // don't wait for views to be right
}

// seen is what the subscribers of one contender saw in a round.
type seen struct {
	Due      int `json:"due"`      // changes times the subscribers that they concern
	Seen     int `json:"seen"`     // of them; where nothing was lost, the others were merged into newer ones
	InWindow int `json:"inWindow"` // seen before the window ended
	Behind   int `json:"behind"`   // subscribers whose view isn't right at the end

	P50 float64 `json:"p50"` // milliseconds from sent to seen
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`

	Broken string `json:"broken,omitempty"` // what the views found wrong
}

// end waits until all views are right, and answers with what was seen.
func (s *seats) end(args ending) (any, error) {
	var answer seen
	if !args.Now {
		answer.Behind = s.await(args.Total)
	}
	var took []int32
	for _, seat := range s.all {
		seat.mu.Lock()
		answer.Due += seat.view.concerned(s.args.Population, s.from, args.Total)
		answer.InWindow += seat.view.inWindow
		took = append(took, seat.view.took...)
		seat.mu.Unlock()
	}
	slices.Sort(took)
	answer.Seen = len(took)
	answer.P50, answer.P99, answer.Max = percentile(took, 50), percentile(took, 99), percentile(took, 100)
	if err := s.failures(); err != nil {
		answer.Broken = err.Error()
	}
	return answer, nil
}

// percentile returns the time that so many of a hundred took at most, in
// milliseconds; the times are sorted, in microseconds.
func percentile(sorted []int32, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[(len(sorted)*percent+99)/100-1]) / 1000
}

func failure(n int, text string) error {
	return fmt.Errorf("subscriber %d: %s", n, strings.TrimSpace(text))
}
