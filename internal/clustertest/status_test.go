package clustertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"heureka/cluster"
)

// nodeStatus is what a node says of itself, as far as tests look at it.
type nodeStatus struct {
	Ready, Stale, Behind  bool
	Live                  int
	Digest                string
	Connections, Sessions int
	Leases                map[string]struct{ Held, Queued int }
	Fleet                 struct{ Readers, Shed int }
	Members               []struct{ Name string }
}

// hears returns the names of the write nodes that the node hears, itself included
// if it is one, in order.
func (s *nodeStatus) hears(p *process) string {
	var names []string
	if p.node.Role == cluster.Write {
		names = append(names, p.node.Name)
	}
	for _, m := range s.Members {
		if strings.HasPrefix(m.Name, string(cluster.Write)) && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// status asks a node from where it is.
func (f *fleet) status(p *process) (*nodeStatus, error) {
	ctx, cancel := context.WithTimeout(f.t.Context(), 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.node.HTTP+"/api/v1/status", nil)
	if err != nil {
		return nil, err
	}
	answer, err := f.web(p.place).Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	s := new(nodeStatus)
	return s, json.NewDecoder(answer.Body).Decode(s)
}

// await waits until the node says of itself what is wanted.
func (f *fleet) await(p *process, what string, holds func(*nodeStatus) bool) {
	f.t.Helper()
	var last *nodeStatus
	f.eventually(p.node.Name+" "+what, func() error {
		select {
		case <-p.ended:
			f.t.Fatalf("%s has ended: %s", p.node.Name, p.cmd.ProcessState)
		default:
		}
		s, err := f.status(p)
		if err != nil {
			return fmt.Errorf("%w; before: %+v", err, last)
		}
		last = s
		if !holds(s) {
			return fmt.Errorf("it says %+v", *s)
		}
		return nil
	})
}

// eventually waits until the check finds nothing wrong.
func (f *fleet) eventually(what string, check func() error) {
	f.t.Helper()
	timeout := time.After(patience)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-timeout:
			f.t.Fatalf("waited in vain for %s: %v", what, err)
		}
	}
}

// whole waits until every write node is heard by every node.
func (f *fleet) whole() {
	f.t.Helper()
	f.hear(f.all, f.writes...)
}

// hear waits until those nodes hear exactly these write nodes.
func (f *fleet) hear(nodes []*process, writes ...*process) {
	f.t.Helper()
	var names []string
	for _, w := range writes {
		names = append(names, w.node.Name)
	}
	want := strings.Join(names, " ")
	for _, p := range nodes {
		f.await(p, "hears "+want, func(s *nodeStatus) bool { return s.hears(p) == want })
	}
}

// same waits until all nodes hold that many instances and have one digest.
func (f *fleet) same(live int) {
	f.t.Helper()
	f.sameOf(f.all, live)
}

// sameOf is same of some nodes.
func (f *fleet) sameOf(nodes []*process, live int) {
	f.t.Helper()
	f.eventually(fmt.Sprintf("%d instances and one digest on all nodes", live), func() error {
		var digest string
		var errs []error
		for _, p := range nodes {
			s, err := f.status(p)
			switch {
			case err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", p.node.Name, err))
			case s.Live != live || s.Digest != digest && digest != "":
				errs = append(errs, fmt.Errorf("%s: %d instances with digest %s", p.node.Name, s.Live, s.Digest))
			default:
				digest = s.Digest
			}
		}
		return errors.Join(errs...)
	})
}

// leases returns how many leases of a class those nodes hold.
func (f *fleet) leases(class string, nodes ...*process) int {
	f.t.Helper()
	held := 0
	for _, p := range nodes {
		f.await(p, "tells of its leases", func(s *nodeStatus) bool {
			held += s.Leases[class].Held
			return true
		})
	}
	return held
}
