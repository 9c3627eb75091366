package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"heureka/internal/bench"
)

// springPatience is for one thing to be seen: Eureka's server shows the end of a lease
// that nobody renews after up to two minutes.
const springPatience = 3 * time.Minute

// look is how often is looked at what a server or a service holds.
const look = 5 * time.Millisecond

// actors is the application of the services that one looks at.
const actors = "ACTOR"

// playSprings lets services of Spring's play at our read node and at the peer at the same
// time: mostly they wait for the latter, where everything is seen once.
func (s *stage) playSprings(h *household) error {
	springs, missing, err := s.findSprings()
	if err != nil {
		return err
	}
	if springs == nil {
		s.Add(bench.Figure{What: "it is seen what a client of Spring's does", Missing: missing})
		return nil
	}
	contenders := present(h.read, h.peer)
	stories, errs := make([]*springStory, len(contenders)), make([]error, len(contenders))
	var playing sync.WaitGroup
	for i, c := range contenders {
		stories[i] = &springStory{springs: springs, name: c.name, address: c.servers[0].Started.Address, samples: s.Scaled(5, 1)}
		if c == h.peer {
			stories[i].samples = 1
		}
		playing.Go(func() { errs[i] = stories[i].play(s.Context) })
	}
	playing.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, c := range contenders {
		s.seen(c, &stories[i].told, c != h.peer, "kill -9")
	}
	if h.peer == nil {
		s.missing("it is seen")
	}
	s.Note("Spring's own clients, which fetch each second, renew every %d s and have a lease of %d s: from when the server has it until the other's copy shows it", springRenew, springLease)
	return nil
}

// springStory is what services do at one contender's server, and another sees.
type springStory struct {
	springs *springs
	name    string // of the contender
	address string
	samples int // of what needs no other process

	watcher  *spring
	watching sync.Mutex // one asks the watcher at a time
	writing  sync.Mutex // guards told
	told     told
}

func (t *springStory) play(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("at the %s: %w", t.name, err)
		}
	}()
	if t.watcher, err = t.start("WATCHER", "watcher"); err != nil {
		return err
	}
	if err := t.watcher.awaitReady(springPatience); err != nil {
		return err
	}
	var stays, dies *spring
	err = both(
		func() (err error) { stays, err = t.registers(ctx, "stays"); return err },
		func() (err error) { dies, err = t.registers(ctx, "dies"); return err },
	)
	if err != nil {
		return err
	}
	err = both(
		func() error { dies.process.Kill(); return t.sees(ctx, dies, "", time.Now(), &t.told.Killed) },
		func() error { return errors.Join(t.isOverridden(ctx, stays), t.leaves(ctx, stays)) },
	)
	for _, all := range [][]float64{t.told.Registered, t.told.Overridden, t.told.Lifted, t.told.Left} {
		slices.Sort(all)
	}
	return err
}

// both does two things at the same time.
func both(one, other func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- one() }()
	return errors.Join(other(), <-ended)
}

func (t *springStory) start(app, name string) (*spring, error) {
	return t.springs.start(t.address, app, strings.ReplaceAll(t.name, " ", "-")+"-"+name)
}

// registers starts a service and waits until it is seen.
func (t *springStory) registers(ctx context.Context, name string) (*spring, error) {
	p, err := t.start(actors, name)
	if err != nil {
		return nil, err
	}
	if err := t.awaitAtServer(ctx, p, http.StatusOK); err != nil {
		return nil, err
	}
	if err := t.sees(ctx, p, "UP", time.Now(), &t.told.Registered); err != nil {
		return nil, err
	}
	return p, p.awaitReady(springPatience)
}

// isOverridden has an operator override a service and lift that.
func (t *springStory) isOverridden(ctx context.Context, p *spring) error {
	for range t.samples {
		for _, step := range []struct {
			method, query, status string
			took                  *[]float64
		}{
			{http.MethodPut, "/status?value=OUT_OF_SERVICE", "OUT_OF_SERVICE", &t.told.Overridden},
			{http.MethodDelete, "/status?value=UP", "UP", &t.told.Lifted},
		} {
			time.Sleep(rand.N(fetchEvery)) // or it would always begin just after the other has looked
			code, err := t.ask(ctx, step.method, p, step.query)
			if err == nil && code != http.StatusOK {
				err = fmt.Errorf("%s %s of %s is answered %d", step.method, step.query, p.id, code)
			}
			if err != nil {
				return err
			}
			if err := t.sees(ctx, p, step.status, time.Now(), step.took); err != nil {
				return err
			}
		}
	}
	return nil
}

// leaves has a service end as it does when it is told to stop.
func (t *springStory) leaves(ctx context.Context, p *spring) error {
	return both(
		func() error { _, err := p.order("unregister", springPatience); return err },
		func() error {
			if err := t.awaitAtServer(ctx, p, http.StatusNotFound); err != nil {
				return err
			}
			return t.sees(ctx, p, "", time.Now(), &t.told.Left)
		},
	)
}

// awaitAtServer waits until the server answers so for a service, by its id: Eureka's
// doesn't keep these answers.
func (t *springStory) awaitAtServer(ctx context.Context, p *spring, code int) error {
	for end := time.Now().Add(springPatience); ; {
		got, err := t.ask(ctx, http.MethodGet, p, "")
		switch {
		case err != nil:
			return err
		case got == code:
			return nil
		case time.Now().After(end):
			return fmt.Errorf("%s is answered %d and never %d", p.id, got, code)
		}
		time.Sleep(look)
	}
}

func (t *springStory) ask(ctx context.Context, method string, p *spring, query string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, bench.Patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, "http://"+t.address+"/eureka/apps/"+p.app+"/"+p.id+query, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// sees waits until the watcher's own copy has a service so, "" for not at all, and notes
// how many milliseconds that took since then.
func (t *springStory) sees(ctx context.Context, p *spring, status string, since time.Time, took *[]float64) error {
	for {
		t.watching.Lock()
		held, err := t.watcher.status(p)
		t.watching.Unlock()
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case held == status:
			t.writing.Lock()
			defer t.writing.Unlock()
			*took = append(*took, float64(time.Since(since))/float64(time.Millisecond))
			return nil
		case time.Since(since) > springPatience:
			return fmt.Errorf("%s isn't %q to the other one after %v, but %q", p.id, status, springPatience, held)
		}
		time.Sleep(look)
	}
}
