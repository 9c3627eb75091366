package line

import (
	"testing"
	"time"

	"heureka/wire"
)

func TestBackoffCeiling(t *testing.T) {
	b := Backoff{Base: 200 * time.Millisecond, Max: time.Second}
	for failures, want := range map[int]time.Duration{
		-1:      0,
		0:       0,
		1:       200 * time.Millisecond,
		2:       400 * time.Millisecond,
		3:       800 * time.Millisecond,
		4:       time.Second,
		1 << 40: time.Second,
	} {
		if got := b.Ceiling(failures); got != want {
			t.Errorf("after %d failures %v, want %v", failures, got, want)
		}
	}
}

func TestRoute(t *testing.T) {
	r := NewRoute(Backoff{Base: time.Second, Max: 10 * time.Second}, []string{"a", "b", "c"}, 4)
	for _, step := range []struct {
		name  string
		do    func()
		node  string
		pause time.Duration // with random 0.5
	}{
		{"begins anywhere, at once", func() {}, "b", 0},
		{"stays until told", func() {}, "b", 0},
		{"failed: the next one after a pause", r.Failed, "c", 500 * time.Millisecond},
		{"round and round", r.Failed, "a", time.Second},
		{"a short connection counts as a failure", func() { r.Ended(time.Second, false, false) }, "b", 2 * time.Second},
		{"here stays", func() { r.Ended(time.Second, true, false) }, "b", 4 * time.Second},
		{"a long connection forgets them", func() { r.Ended(10*time.Second, false, false) }, "c", 500 * time.Millisecond},
	} {
		step.do()
		node, pause := r.Next(0.5)
		if node != step.node || pause != step.pause {
			t.Errorf("%s: %s after %v, want %s after %v", step.name, node, pause, step.node, step.pause)
		}
	}
}

// The first attempt after a lost connection is spread wider than one after a
// failure, or after an end that was announced.
func TestRouteSpreadsWhoLostTheSameNode(t *testing.T) {
	b := Backoff{Base: 200 * time.Millisecond, Max: 10 * time.Second, Spread: time.Second}
	r := NewRoute(b, []string{"a", "b"}, 0)
	for _, step := range []struct {
		name  string
		do    func()
		pause time.Duration // with random 0.5
	}{
		{"the first ever at once", func() {}, 0},
		{"lost", func() { r.Ended(time.Minute, false, true) }, 500 * time.Millisecond},
		{"then as ever", r.Failed, 200 * time.Millisecond},
		{"announced", func() { r.Ended(time.Minute, false, false) }, 100 * time.Millisecond},
		{"lost soon, twice", func() { r.Ended(0, false, true) }, 500 * time.Millisecond},
		{"lost soon, often: the longer of both", func() {
			for range 4 {
				r.Ended(0, false, true)
			}
		}, 3200 * time.Millisecond},
	} {
		step.do()
		if _, pause := r.Next(0.5); pause != step.pause {
			t.Errorf("%s: a pause of %v, want %v", step.name, pause, step.pause)
		}
	}
}

func TestRouteObeysRefusals(t *testing.T) {
	const s = time.Second
	b := Backoff{Base: 200 * time.Millisecond, Max: 10 * s}
	for _, test := range []struct {
		name     string
		nodes    int
		do       func(*Route)
		node     string
		from, to time.Duration // the pause
	}{
		{"one node", 1, func(r *Route) { r.Refused(4 * s) }, "a", 2 * s, 4 * s},
		{"one node, again and again", 1, func(r *Route) { r.Refused(8 * s); r.Refused(2 * s) }, "a", s, 2 * s},
		{"longer than any pause may be", 1, func(r *Route) { r.Refused(time.Hour) }, "a", 5 * s, 10 * s},
		{"no time is a failure", 1, func(r *Route) { r.Refused(0); r.Refused(-s) }, "a", 0, 400 * time.Millisecond},
		{"another node may take it", 3, func(r *Route) { r.Refused(4 * s); r.Refused(4 * s) }, "c", 0, 200 * time.Millisecond},
		{"all: who said the shortest time", 3, func(r *Route) { r.Refused(6 * s); r.Refused(2 * s); r.Refused(4 * s) }, "b", s, 2 * s},
		{"the round after that", 2, func(r *Route) { r.Refused(6 * s); r.Refused(2 * s); r.Refused(2 * s) }, "a", 0, 200 * time.Millisecond},
		{"the other one is dead", 2, func(r *Route) { r.Failed(); r.Refused(4 * s) }, "b", 2 * s, 4 * s},
		{"and dies later", 2, func(r *Route) { r.Refused(4 * s); r.Failed() }, "a", 2 * s, 4 * s},
		{"all are dead", 2, func(r *Route) { r.Refused(4 * s); r.Failed(); r.Failed(); r.Failed() }, "a", 0, 800 * time.Millisecond},
		{"a connection in between", 1, func(r *Route) { r.Refused(4 * s); r.Ended(time.Minute, false, false) }, "a", 0, 200 * time.Millisecond},
	} {
		r := NewRoute(b, []string{"a", "b", "c"}[:test.nodes], 0)
		test.do(r)
		node, least := r.Next(0)
		_, most := r.Next(1)
		if node != test.node || least != test.from || most != test.to {
			t.Errorf("%s: %s after %v to %v, want %s after %v to %v", test.name, node, least, most, test.node, test.from, test.to)
		}
	}
}

func TestTimesOfANodeAreBounded(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name      string
		heartbeat int64
		beat      time.Duration
	}{
		{"none", 0, 10 * s},
		{"negative", -5, 10 * s},
		{"its own", 2000, 2 * s},
		{"absurd", 1 << 62, 5 * 60 * s},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := New(DefaultConfig())
			l.Open(s)
			l.Welcome(s, &wire.Welcome{HeartbeatMs: tt.heartbeat})
			if due, ok := l.Due(); !ok || due != s+tt.beat {
				t.Errorf("due at %v, %t", due, ok)
			}
		})
	}
	l := New(DefaultConfig())
	l.Open(0)
	l.GoAway(0, &wire.GoAway{AfterMs: -1})
	l.Tick(0)
	if d := l.Departure(); d == nil || d.Err != ErrGoAway || l.Departure() != nil {
		t.Errorf("departure %+v", d)
	}
}

func TestEarlierGoAwayCounts(t *testing.T) {
	l := New(DefaultConfig())
	l.Open(0)
	l.Welcome(0, &wire.Welcome{})
	l.GoAway(0, &wire.GoAway{AfterMs: 3000})
	l.GoAway(0, &wire.GoAway{AfterMs: 9000})
	if due, _ := l.Due(); due != 3*time.Second {
		t.Errorf("due at %v", due)
	}
}

func TestSecondWelcomeChangesNothing(t *testing.T) {
	l := New(DefaultConfig())
	l.Open(0)
	if !l.Welcome(0, &wire.Welcome{}) || l.Welcome(0, &wire.Welcome{HeartbeatMs: 1}) {
		t.Error("the first one counts")
	}
	if due, _ := l.Due(); due != 10*time.Second {
		t.Errorf("due at %v", due)
	}
}

func TestPatienceWithASilentNodeIsBounded(t *testing.T) {
	const s = time.Second
	for _, tt := range []struct {
		name   string
		within []time.Duration
		leaves time.Duration
	}{
		{"three heartbeats", nil, 30 * s},
		{"of no lease", []time.Duration{0}, 30 * s},
		{"less", []time.Duration{22 * s}, 22 * s},
		{"the least of several", []time.Duration{25 * s, 20 * s, 22 * s}, 20 * s},
		{"more", []time.Duration{time.Hour}, 30 * s},
		{"a heartbeat can still be answered", []time.Duration{s}, 15 * s},
	} {
		l := New(DefaultConfig())
		l.Open(0)
		l.Welcome(0, &wire.Welcome{})
		for _, d := range tt.within {
			l.Within(d)
		}
		now := time.Duration(0)
		for l.Departure() == nil && now < time.Hour {
			now, _ = l.Due()
			l.Tick(now)
		}
		if now != tt.leaves {
			t.Errorf("%s: leaves after %v, want %v", tt.name, now, tt.leaves)
		}
	}
}
