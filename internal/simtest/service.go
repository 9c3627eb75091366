package simtest

import (
	"fmt"
	"slices"
	"time"

	"heureka/client/line"
	"heureka/client/roster"
	"heureka/internal/promise"
	"heureka/model"
)

// service is a client process that keeps instances registered through the SDK.
type service struct {
	talker
	roster *roster.Roster
	keys   []model.Key
	wishes map[model.Key][]wish // not settled, oldest first
	fence  *promise.Fence
	seen   map[model.Key]string // version last acknowledged

	frames    [][]byte
	departure *line.Departure
}

// wish is what the application waits for.
type wish struct {
	id   uint64
	word int // 0: to be gone
}

func (w *world) addService(name string) {
	s := &service{talker: talker{process: w.machine(name)}}
	for _, n := range w.writers {
		s.nodes = append(s.nodes, n.node)
	}
	for i := range 2 + w.random.IntN(3) {
		key := w.own(s.process, []string{"orders", "carts"}[i%2], i)
		w.truth[key].brief = w.chance(8)
		s.keys = append(s.keys, key)
	}
	w.services = append(w.services, s)
}

// boot starts a new run of the process. It knows nothing of the run before.
func (s *service) boot() {
	name := fmt.Sprintf("%s#%d", s.name, s.run+1)
	cfg := roster.DefaultConfig(name)
	cfg.Config, cfg.Pause = s.w.times.line(), 500*time.Millisecond
	cfg.MaxFrame = 1 << 10
	s.roster = roster.New(cfg)
	s.wishes, s.seen = make(map[model.Key][]wish), make(map[model.Key]string)
	s.fence = promise.NewFence(name, &s.w.report)
	s.frames, s.departure = nil, nil
	for _, key := range s.keys {
		t := s.w.truth[key]
		t.sdk, t.name, t.number = true, name, 0
	}
	s.begin(s)
	s.w.tell(s.name, "boots")
	run := s.run
	for _, key := range s.keys {
		if s.run == 1 || !s.w.chance(5) { // the others are left to their leases' end
			s.input(run, func() { s.say(key) })
		}
	}
	s.every(s.w.flavour.words, s.live)
}

// live says something new now and then.
func (s *service) live() {
	if s.w.calm {
		return
	}
	key := s.keys[s.w.random.IntN(len(s.keys))]
	if t := s.w.truth[key]; t.want != nil && s.w.chance(6) {
		s.unsay(key)
	} else {
		s.say(key)
	}
}

// say wants a key registered with a new word.
func (s *service) say(key model.Key) {
	t := s.w.truth[key]
	in := s.w.compose(t)
	act := s.roster.Register
	if s.roster.Want(key) != nil {
		act = s.roster.Update
	}
	id, err := act(in)
	if err != nil {
		s.w.wrong(s.name, "say %s: %v", key, err)
		return
	}
	s.w.tell(s.name, "says word %d of %s", t.word, key)
	t.wish(in)
	s.wishes[key] = append(s.wishes[key], wish{id, t.word})
	s.drain()
}

func (s *service) unsay(key model.Key) {
	id, err := s.roster.Unregister(key)
	if err != nil {
		s.w.wrong(s.name, "unregister %s: %v", key, err)
		return
	}
	s.w.tell(s.name, "unregisters %s", key)
	s.w.truth[key].wish(nil)
	s.wishes[key] = append(s.wishes[key], wish{id, 0})
	s.drain()
}

// crash ends the process.
func (s *service) crash(lost bool) {
	if !s.up {
		return
	}
	s.w.note("crashes", s.name)
	s.w.tell(s.name, "crashes, machine lost: %v", lost)
	for _, key := range s.keys {
		s.w.truth[key].die()
	}
	s.stop(lost)
}

// drain takes over what the roster wants done.
func (s *service) drain() {
	effects := s.roster.Drain()
	s.frames = append(s.frames, effects.Frames...)
	if effects.Departure != nil {
		s.departure = effects.Departure
	}
	for _, settled := range effects.Settled {
		s.settled(settled)
	}
	s.hold()
}

// settled notes what was acknowledged. Nothing that a service says may be
// refused for good.
func (s *service) settled(e roster.Settled) {
	if e.Err != nil {
		s.w.fail("Available", s.name, e.Key, "refused for good: %v", e.Err)
		return
	}
	waiting, t := s.wishes[e.Key], s.w.truth[e.Key]
	for len(waiting) > 0 && waiting[0].id <= e.Wish {
		word := waiting[0].word
		waiting = waiting[1:]
		if word > 0 {
			s.w.results.Acknowledged++
			t.confirm(word, slices.ContainsFunc(waiting, func(w wish) bool { return w.word == 0 }))
			s.w.tell(s.name, "word %d of %s is acknowledged", word, e.Key)
		}
	}
	s.wishes[e.Key] = waiting
}

// hold looks at what the node holds now, as far as the client knows.
func (s *service) hold() {
	for _, key := range s.keys {
		status, ok := s.roster.Status(key)
		t := s.w.truth[key]
		switch {
		case !ok || !status.Held:
			t.held = -1
		case t.held < 0:
			t.held = s.w.now
		}
		if ok && status.Version != s.seen[key] {
			s.seen[key] = status.Version
			if v, err := model.ParseVersion(status.Version); err != nil {
				s.w.wrong(s.name, "acknowledged at %q: %v", status.Version, err)
			} else if !v.IsZero() {
				s.fence.Shown(key, v)
			}
		}
	}
}
