package clustertest

import (
	"context"
	"fmt"
	"net/http"
	"testing"
)

// TestAnIsolatedWriteNodeGoesOn freezes all write nodes but one. That one hears
// too few to take anything over, and must go on for whoever reaches it.
func TestAnIsolatedWriteNodeGoesOn(t *testing.T) {
	t.Parallel()
	s := play(t, 3, 2, 2)
	last := s.writes[0]
	rest := others(s.writes, last)
	// Clients that know one node each: those of the frozen ones live, and wait.
	for _, p := range s.writes {
		cl := s.client(loopback{}, p)
		s.keep(registered(t, cl, instance("fixed", "of-"+p.node.Name, "blue"), s.looking()...))
	}
	for _, p := range rest {
		p.freeze()
	}
	s.hear(others(others(s.all, rest[0]), rest[1]), last)
	s.flows()
	s.keep(registered(t, s.client(loopback{}, last), instance("fixed", "new", "blue"), s.looking()...))
	if held := s.leases("adopted", last); held != 0 {
		t.Errorf("a node without peers took over %d", held)
	}
	for _, p := range rest {
		p.thaw()
	}
	s.whole()
	s.flows()
	s.ends()
	s.returned()
}

// TestAnIsolatedReadNodeSaysThatItIsStale freezes every write node, and with them
// all there is of NATS.
func TestAnIsolatedReadNodeSaysThatItIsStale(t *testing.T) {
	t.Parallel()
	s := play(t, 3, 1, 1)
	s.traffic.stop()
	read := s.reads[0]
	cl := s.client(loopback{}, s.writes...)
	for n := range 5 {
		s.keep(registered(t, cl, instance("fixed", fmt.Sprint(n), "blue"), s.looking()...))
	}
	for _, p := range s.writes {
		p.freeze()
	}
	s.each(func(w *watcher) { w.toldStale(true) })
	s.await(read, "stale and ready", func(st *nodeStatus) bool { return st.Stale && st.Ready })
	s.serves(read, "true")
	s.followers[0].toldStale(true)
	late := s.look(read) // a new subscriber gets the last that is known
	late.holds(s.traffic.stop())
	late.toldStale(true)

	for _, p := range s.writes {
		p.thaw()
	}
	s.each(func(w *watcher) { w.toldStale(false) })
	s.followers[0].toldStale(false)
	s.serves(read, "false")
	s.arrives(late)
	s.ends()
	s.returned()
}

// serves asks the read node for everything and looks at what it says of its age.
func (s *scene) serves(read *process, stale string) {
	s.t.Helper()
	s.eventually("an answer with Heureka-Stale: "+stale, func() error {
		ctx, cancel := context.WithTimeout(s.t.Context(), patience)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+read.node.HTTP+"/api/v1/instances", nil)
		if err != nil {
			return err
		}
		answer, err := s.web(read.place).Do(request)
		if err != nil {
			return err
		}
		answer.Body.Close()
		if got := answer.Header.Get("Heureka-Stale"); answer.StatusCode != http.StatusOK || got != stale {
			return fmt.Errorf("it answers %s with %q", answer.Status, got)
		}
		return nil
	})
}
