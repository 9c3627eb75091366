package main

import (
	"log"
	"strings"
	"sync"

	"github.com/hudl/fargo"
)

// servers are those that the service may ask. It stays with one until that fails.
// Safe concurrently.
type servers struct {
	mu   sync.Mutex
	list []fargo.EurekaConnection // the first is asked
}

func newServers(urls []string, asJSON bool) *servers {
	s := &servers{}
	for _, url := range urls {
		c := fargo.NewConn(strings.TrimSuffix(url, "/"))
		c.UseJson = asJSON
		s.list = append(s.list, c)
	}
	return s
}

// ask asks a server, and the others in turn if it can't be reached or has a failure of
// its own.
func (s *servers) ask(request func(*fargo.EurekaConnection) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for range s.list {
		err = request(&s.list[0])
		code, answered := fargo.HTTPResponseStatusCode(err)
		if err == nil || answered && code < 500 {
			return err
		}
		log.Print("goes on to another server: ", err)
		s.list = append(s.list[1:], s.list[0])
	}
	return err
}

// registry is what was fetched last. Safe concurrently.
type registry struct {
	mu   sync.Mutex
	apps map[string]*fargo.Application
}

func (r *registry) set(apps map[string]*fargo.Application) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.apps = apps
}

func (r *registry) of(app string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found := r.apps[strings.ToUpper(app)]; found != nil {
		return sorted(found)
	}
	return ""
}
