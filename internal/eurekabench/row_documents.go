package main

import (
	"fmt"
	"net/http"

	"heureka/internal/bench"
)

// changeRate is how many instances change in a second, where any do.
const changeRate = 100

// household is what answers from 5,000 instances: both kinds of nodes, and the peer.
type household struct {
	p           population
	fleet       *bench.Fleet
	write, read *contender
	peer        *contender // nil: it isn't measured
	registries  []*registry
}

// registry is one that is changed, and by whom.
type registry struct {
	address string // of who is told
	shown   []*bench.Process
	driver  *bench.Process
	changed changed
}

// household starts it, with so many instances, and the peer if it is to be there.
func (s *stage) household(instances int, peer bool) (*household, error) {
	h := &household{p: population{Instances: instances, Apps: max(instances/10, 1), Lease: longLease}}
	var err error
	if h.fleet, err = s.Cluster(1, 1, false, "--eureka1"); err != nil {
		return nil, err
	}
	if h.write, err = s.enter("write node", h.p, h.fleet.Writes); err != nil {
		return nil, err
	}
	if h.read, err = s.enter("read node", h.p, h.fleet.Reads); err != nil {
		return nil, err
	}
	if err := s.fill(h.write); err != nil {
		return nil, err
	}
	if peer {
		if h.peer, err = s.peer(h.p, true); err != nil {
			return nil, err
		}
	}
	h.registries = append(h.registries, &registry{address: h.write.servers[0].Started.Address, shown: h.fleet.All()})
	if h.peer != nil {
		h.registries = append(h.registries, &registry{address: h.peer.servers[0].Started.Address, shown: h.peer.servers})
	}
	for n, r := range h.registries {
		if r.driver, err = s.Role(fmt.Sprint("changer ", n+1), "driver"); err != nil {
			return nil, err
		}
		if err := r.driver.Call(s.Context, "open", opening{Addresses: []string{r.address}, Population: h.p}, nil); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// of returns the registry that a contender shows; nil for the baseline.
func (h *household) of(c *contender) *registry {
	switch c {
	case h.write, h.read:
		return h.registries[0]
	case h.peer:
		return h.registries[1]
	default:
		return nil
	}
}

// change has instances changed for a time; what it returns waits until they are.
func (s *stage) change(r *registry, seconds float64) (end func() error) {
	done := make(chan error, 1)
	args := changing{Rate: changeRate, Seconds: seconds, From: r.changed.Total}
	go func() { done <- r.driver.Call(s.Context, "change", args, &r.changed) }()
	return func() error { return <-done }
}

// changes is what goes on beside turns under changes.
func (s *stage) changes(h *household) beside {
	return func(c *contender) (func() error, error) {
		if r := h.of(c); r != nil {
			return s.change(r, s.Seconds), nil
		}
		return func() error { return nil }, nil
	}
}

// right judges what every node shows, and the peer if that is asked: it takes half a
// minute to show everything.
func (h *household) right(peer bool) error {
	for n, r := range h.registries {
		patience := judgePatience
		if n > 0 {
			if !peer {
				continue
			}
			patience = peerPatience
		}
		for _, server := range r.shown {
			if err := judge(server.Started.Address, h.p, r.changed.Total, patience); err != nil {
				return fmt.Errorf("%s: %w", server.Name, err)
			}
		}
	}
	return nil
}

// playDocuments is row d.
func playDocuments(s *stage) error {
	h, err := s.household(s.Scaled(5000, 50), true)
	if err != nil {
		return err
	}
	if err := h.right(false); err != nil {
		return err
	}
	fixed, err := s.fixed(h.p, http.StatusOK, 0)
	if err != nil {
		return err
	}
	for _, document := range []struct {
		name     string
		ask      looping
		changing bool
		reach    float64
	}{
		{"apps, gzip", looping{Ask: askGet, Path: pathApps, Gzip: true}, false, 1.2},
		{"apps, gzip, under changes", looping{Ask: askGet, Path: pathApps, Gzip: true}, true, 1.2},
		{"apps, plain", looping{Ask: askGet, Path: pathApps}, false, 1.2},
		{"apps/delta, gzip, under changes", looping{Ask: askGet, Path: pathDelta, Gzip: true}, true, 1.3},
	} {
		var meanwhile beside
		if document.changing {
			meanwhile = s.changes(h)
		}
		if err := s.document(h, fixed, document.name, document.ask, meanwhile); err != nil {
			return err
		}
		s.costs(document.name, fixed, h.peer, bench.Reach{Ratio: document.reach}, h.write, h.read)
	}
	s.Note("what the write node does for 100 registrations a second counts as part of its answers")
	s.Note("every document was decoded and compared with what is registered, every hash code with that")
	return h.right(true)
}

// document measures one.
func (s *stage) document(h *household, fixed *contender, name string, ask looping, meanwhile beside) error {
	c, err := dial(h.read.servers[0].Started.Address)
	if err != nil {
		return err
	}
	defer c.socket.Close()
	body, err := c.fetch(ask.Path, ask.Gzip)
	if err != nil {
		return err
	}
	if err := s.fix(fixed, http.StatusOK, len(body)); err != nil {
		return err
	}
	if h.peer != nil {
		if err := s.warm(h.peer, ask); err != nil {
			return err
		}
	}
	if err := s.contest(name, ask, meanwhile, present(h.write, h.read, fixed, h.peer)...); err != nil {
		return err
	}
	text := fmt.Sprintf("%s: %d bytes at the read node, %d at the write node", name, h.read.last.Length, h.write.last.Length)
	if h.peer != nil {
		text += fmt.Sprintf(", %d at the %s", h.peer.last.Length, eureka)
	}
	s.Note("%s", text)
	return nil
}
