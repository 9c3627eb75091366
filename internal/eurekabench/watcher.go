package main

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"
)

// fetchEvery is how often a watcher fetches.
const fetchEvery = time.Second

// watcher is a client that polls as Spring's does: everything first, then the delta
// each second, and everything again if the hash code isn't that of what it holds.
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
