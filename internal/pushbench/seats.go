package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"heureka/internal/bench"
)

// seats is the role "seats": the subscribers of one contender.
type seats struct {
	args openSeats
	all  []*seat
	from int // changes before the round
}

func serveSeats(in io.Reader, out io.Writer) error {
	s := &seats{}
	return bench.Obey(in, out, bench.Started{}, map[string]bench.Command{
		"open":      bench.With(s.open),
		"subscribe": bench.With(s.subscribe),
		"begin":     bench.With(s.begin),
		"end":       bench.With(s.end),
		"judge":     bench.With(s.judge),
		"close":     bench.With(s.close),
	})
}

// dialing is how many connections are opened at the same time.
const dialing = 32

// open connects all subscribers and answers with the format that a node chose.
func (s *seats) open(args openSeats) (any, error) {
	s.args, s.from = args, 0
	s.all = make([]*seat, args.Count)
	var working sync.WaitGroup
	var mu sync.Mutex
	var failed error
	next := make(chan int, args.Count)
	for n := range args.Count {
		next <- n
	}
	close(next)
	for range dialing {
		working.Go(func() {
			for n := range next {
				seat, err := openSeat(context.Background(), args, n)
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				s.all[n] = seat
			}
		})
	}
	working.Wait()
	if failed != nil {
		return nil, failed
	}
	return s.all[0].format, nil
}

// subscribing are the arguments of "subscribe".
type subscribing struct {
	Total int `json:"total"` // changes made so far
}

// subscribe has all subscribers subscribe at once, and answers with the
// milliseconds until the last of them had everything.
func (s *seats) subscribe(args subscribing) (any, error) {
	begin := time.Now()
	for _, seat := range s.all {
		if seat.begin == nil {
			continue
		}
		if err := seat.begin(); err != nil {
			return nil, err
		}
	}
	if behind := s.await(args.Total); behind > 0 {
		return nil, errors.Join(errors.New("some subscribers don't get what is there"), s.failures())
	}
	last := begin.UnixNano()
	for _, seat := range s.all {
		last = max(last, seat.view.synced)
	}
	return float64(last-begin.UnixNano()) / float64(time.Millisecond), nil
}

// await waits until all views are what so many changes made, and returns how many
// aren't when patience has ended.
func (s *seats) await(total int) (behind int) {
	const look = time.Millisecond
	deadline := time.Now().Add(patience)
	waiting := slices.Clone(s.all)
	for {
		waiting = slices.DeleteFunc(waiting, func(seat *seat) bool {
			seat.mu.Lock()
			defer seat.mu.Unlock()
			return seat.begin == nil || seat.view.level(s.args.Population, total)
		})
		if len(waiting) == 0 || time.Now().After(deadline) || slices.ContainsFunc(waiting, (*seat).over) {
			return len(waiting)
		}
		time.Sleep(look)
	}
}

// over reports whether the connection has ended.
func (s *seat) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended != nil
}

// failures returns what the views found wrong.
func (s *seats) failures() error {
	const enough = 10
	var all []error
	for n, seat := range s.all {
		seat.mu.Lock()
		for _, text := range seat.view.broken {
			if len(all) < enough {
				all = append(all, failure(n, text))
			}
		}
		seat.mu.Unlock()
	}
	return errors.Join(all...)
}

// close closes all connections.
func (s *seats) close(struct{}) (any, error) {
	for _, seat := range s.all {
		seat.close()
	}
	s.all = nil
	return nil, nil
}
