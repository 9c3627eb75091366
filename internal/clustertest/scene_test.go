package clustertest

import (
	"fmt"
	"slices"
	"testing"

	"heureka/client"
	"heureka/model"
)

// scene is a cluster of processes under steady load, with a watcher at every read
// node and followers that know all of them.
type scene struct {
	*fleet
	audience  *audience
	traffic   *traffic
	watchers  map[*process]*watcher
	followers []*follower
}

// play launches a cluster on the loopback address, and load from that many clients
// that know all write nodes, and waits until everybody has said something.
func play(t *testing.T, writes, reads, clients int) *scene {
	t.Helper()
	s := stage(launch(t, writes, reads))
	s.followed("a follower", loopback{})
	for n := range clients {
		s.traffic.add(fmt.Sprintf("client-%d", n), s.client(loopback{}, s.writes...))
	}
	s.flows()
	return s
}

// stage has a watcher at each read node of a cluster, and no load yet.
func stage(f *fleet) *scene {
	f.t.Helper()
	s := &scene{fleet: f, audience: newAudience(), watchers: make(map[*process]*watcher)}
	s.traffic = newTraffic(f.t, s.audience)
	for _, r := range s.reads {
		s.look(r)
	}
	return s
}

// followed adds a follower that lives in the place and knows all read nodes.
func (s *scene) followed(name string, where place) {
	s.t.Helper()
	fo := s.follow(name, s.client(where, s.reads...))
	s.followers = append(s.followers, fo)
	s.audience.join(fo)
}

// look has another watcher at the read node, in place of the one that was there.
func (s *scene) look(p *process) *watcher {
	s.t.Helper()
	w := s.watch(p)
	s.watchers[p] = w
	s.audience.join(w)
	return w
}

// flows waits until the clients have said a few words more.
func (s *scene) flows() {
	s.t.Helper()
	const more = 40
	enough := s.traffic.spoken() + more
	s.eventually("the load to go on", func() error {
		if n := s.traffic.spoken(); n < enough {
			return fmt.Errorf("%d of %d words", n, enough)
		}
		return nil
	})
}

// ends stops the load and judges all views.
func (s *scene) ends() {
	s.t.Helper()
	registered := s.traffic.stop()
	s.whole()
	s.converged(registered, s.looking(), s.followers)
}

// busyWrite returns the node that a client of the load is connected to.
func (s *scene) busyWrite() *process {
	s.t.Helper()
	var node string
	s.eventually("a client to be connected", func() error {
		for _, r := range s.traffic.registrations() {
			if node = r.Status().Node; node != "" {
				return nil
			}
		}
		return fmt.Errorf("none is")
	})
	return s.named(node)
}

// looking returns the watchers.
func (s *scene) looking() []*watcher {
	var all []*watcher
	for _, w := range s.watchers {
		all = append(all, w)
	}
	return all
}

// each calls the function with each watcher.
func (s *scene) each(f func(*watcher)) {
	for _, w := range s.watchers {
		f(w)
	}
}

// arrives registers something and waits until the watcher is told.
func (s *scene) arrives(w *watcher) {
	s.t.Helper()
	late := registered(s.t, s.client(loopback{}, s.writes...), instance("fixed", "late", "blue"), w)
	unregistered(s.t, late, w)
}

// keep counts a registration among those that live until the end.
func (s *scene) keep(r *client.Registration) {
	s.audience.lives(r.Key())
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	s.traffic.held[r.Key()] = r
}

// returned judges that nothing came back that had gone, but those keys. No id is
// used twice in these tests.
func (s *scene) returned(may ...model.Key) {
	s.t.Helper()
	s.each(func(w *watcher) {
		for _, key := range w.returned() {
			if !slices.Contains(may, key) {
				s.t.Errorf("%s was told again of %s, which had been removed", w.name, key)
			}
		}
	})
}
