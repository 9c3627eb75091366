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
		{"a short connection counts as a failure", func() { r.Ended(time.Second, false) }, "b", 2 * time.Second},
		{"here stays", func() { r.Ended(time.Second, true) }, "b", 4 * time.Second},
		{"a long connection forgets them", func() { r.Ended(10*time.Second, false) }, "c", 500 * time.Millisecond},
	} {
		step.do()
		node, pause := r.Next(0.5)
		if node != step.node || pause != step.pause {
			t.Errorf("%s: %s after %v, want %s after %v", step.name, node, pause, step.node, step.pause)
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
