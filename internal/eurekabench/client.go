package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"heureka/internal/bench"
)

// The role of a client that polls as Spring's does: everything first, then the delta
// each second, and everything again if the hash code isn't that of what it holds.

// fetchEvery is how often it does.
const fetchEvery = time.Second

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

// watcher is the client that looks.
type watcher struct {
	conn   *conn
	mu     sync.Mutex
	moved  *sync.Cond // table or err has changed
	table  table
	err    error
	whole  int // times everything was fetched
	deltas int // taken in
}

// watch polls until the context is done.
func watch(ctx context.Context, address string) (*watcher, error) {
	c, err := dial(address)
	if err != nil {
		return nil, err
	}
	w := &watcher{conn: c, table: table{}}
	w.moved = sync.NewCond(&w.mu)
	if err := w.fetchAll(); err != nil {
		return nil, err
	}
	go func() {
		ticker := time.NewTicker(fetchEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
			if err := w.fetch(); err != nil {
				w.mu.Lock()
				w.err = err
				w.mu.Unlock()
				w.moved.Broadcast()
				return
			}
		}
	}()
	return w, nil
}

func (w *watcher) fetchAll() error {
	d, err := fetchDocument(w.conn, pathApps, true)
	if err != nil {
		return err
	}
	w.hold(tableOf(d), &w.whole)
	return nil
}

// fetch takes in the delta, which mustn't leave the client with another hash code
// than the server has, or it fetches everything.
func (w *watcher) fetch() error {
	d, err := fetchDocument(w.conn, pathDelta, true)
	if err != nil {
		return err
	}
	w.mu.Lock()
	next := maps.Clone(w.table)
	w.mu.Unlock()
	next.apply(d)
	if next.hash() != d.Hash {
		return w.fetchAll()
	}
	w.hold(next, &w.deltas)
	return nil
}

func (w *watcher) hold(t table, count *int) {
	w.mu.Lock()
	w.table = t
	*count++
	w.mu.Unlock()
	w.moved.Broadcast()
}

func (w *watcher) counts() (whole, deltas int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.whole, w.deltas
}

// status returns what it holds of an instance, "" for nothing.
func (w *watcher) status(p population, k int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.table[p.app(k)+"/"+idOf(k)].Status
}

// sees waits until instance k has a status, "" for none, and returns the milliseconds
// since then.
func (w *watcher) sees(p population, k int, status string, since time.Time, patience time.Duration) (float64, error) {
	over := time.AfterFunc(patience, w.moved.Broadcast)
	defer over.Stop()
	key := p.app(k) + "/" + idOf(k)
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch {
		case w.err != nil:
			return 0, w.err
		case w.table[key].Status == status:
			return float64(time.Since(since)) / float64(time.Millisecond), nil
		case time.Since(since) > patience:
			return 0, fmt.Errorf("%s isn't %q after %v, but %q", key, status, patience, w.table[key].Status)
		}
		w.moved.Wait()
	}
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
