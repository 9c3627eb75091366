package main

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"heureka/internal/bench"
)

// serveClient is the role "client": what one client does and another sees.
func serveClient(in io.Reader, out io.Writer) error {
	return bench.Obey(in, out, bench.Started{}, map[string]bench.Command{
		"story":  bench.With(tell),
		"appear": bench.With(appear),
	})
}

// telling are the arguments of "story" and "appear".
type telling struct {
	Write      string     `json:"write"` // the server that one client speaks to
	Read       string     `json:"read"`  // and the one that the other polls
	Population population `json:"population"`
	Samples    int        `json:"samples"`
	PatienceMs int        `json:"patienceMs"` // for one thing to be seen
	Killed     bool       `json:"killed,omitempty"`
}

// told is the answer to "story": milliseconds until each was seen, sorted.
type told struct {
	Registered []float64 `json:"registered"`
	Overridden []float64 `json:"overridden"`
	Lifted     []float64 `json:"lifted"`
	Left       []float64 `json:"left"`
	Killed     []float64 `json:"killed"`
	Whole      int       `json:"whole"` // times everything was fetched
	Deltas     int       `json:"deltas"`
}

// tell lets one client do what clients do, and the other see it.
func tell(args telling) (any, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w, err := watch(ctx, args.Read)
	if err != nil {
		return nil, err
	}
	c, err := dial(args.Write)
	if err != nil {
		return nil, err
	}
	defer c.socket.Close()
	var answer told
	for n := range args.Samples {
		if err := story(w, c, args, args.Population.Instances+n, &answer); err != nil {
			return nil, err
		}
	}
	if args.Killed {
		if err := killed(w, c, args, args.Population.Instances+args.Samples, &answer); err != nil {
			return nil, err
		}
	}
	answer.Whole, answer.Deltas = w.counts()
	for _, all := range [][]float64{answer.Registered, answer.Overridden, answer.Lifted, answer.Left} {
		slices.Sort(all)
	}
	return answer, nil
}

// story is one instance's life.
func story(w *watcher, c *conn, args telling, k int, answer *told) error {
	p, patience := args.Population, time.Duration(args.PatienceMs)*time.Millisecond
	for _, step := range []struct {
		request []byte
		status  int
		sees    string
		took    *[]float64
	}{
		{p.register(nil, k, 0), http.StatusNoContent, "UP", &answer.Registered},
		{p.override(k, "OUT_OF_SERVICE"), http.StatusOK, "OUT_OF_SERVICE", &answer.Overridden},
		{p.lift(k, "UP"), http.StatusOK, "UP", &answer.Lifted},
		{p.cancel(k), http.StatusOK, "", &answer.Left},
	} {
		time.Sleep(rand.N(fetchEvery)) // or it would always begin just after the other has looked
		if _, err := c.expect(step.request, step.status); err != nil {
			return err
		}
		took, err := w.sees(p, k, step.sees, time.Now(), patience)
		if err != nil {
			return err
		}
		*step.took = append(*step.took, took)
	}
	return nil
}

// shortLease is that of who is killed, in seconds, and beatEvery how often he beats.
const (
	shortLease = 6
	beatEvery  = 2 * time.Second
	beats      = 3
	slack      = 500 // milliseconds between two looks at two clocks
)

// killed is the end of an instance that says no more: a server doesn't hear that a
// client of plain requests was killed.
func killed(w *watcher, c *conn, args telling, k int, answer *told) error {
	p := args.Population
	p.Lease = shortLease
	if _, err := c.expect(p.register(nil, k, 0), http.StatusNoContent); err != nil {
		return err
	}
	patience := time.Duration(args.PatienceMs) * time.Millisecond
	begin := time.Now()
	for n := 0; n < beats || w.status(p, k) == ""; n++ {
		if time.Since(begin) > patience {
			return errors.New("an instance was never seen")
		}
		time.Sleep(beatEvery)
		if _, err := c.expect(p.heartbeat(k, 0), http.StatusOK); err != nil {
			return err
		}
	}
	took, err := w.sees(p, k, "", time.Now(), patience)
	if err != nil {
		return err
	}
	if took < shortLease*1000-slack {
		return errors.New("an instance is gone before its lease has ended")
	}
	answer.Killed = append(answer.Killed, took)
	return nil
}
