package level

import (
	"testing"
	"time"

	"heureka/model"
)

func others(sizes ...int) []Reader {
	var out []Reader
	for i, n := range sizes {
		out = append(out, Reader{model.Incarnation{Name: string(rune('a' + i))}, n})
	}
	return out
}

// sheds returns what a node sheds that sees the same for so many seconds.
func sheds(config Config, seconds int, p Picture) []int {
	l := New(config)
	var out []int
	for s := range seconds {
		now := time.Duration(s+1) * time.Second
		n := l.Look(now, p)
		l.Asked(now, n)
		out = append(out, n)
	}
	return out
}

func sum(ns []int) int {
	total := 0
	for _, n := range ns {
		total += n
	}
	return total
}

func TestWhoShedsAndWhoDoesnt(t *testing.T) {
	off := DefaultConfig()
	off.Share = 0
	for _, tt := range []struct {
		name   string
		config Config
		p      Picture
		sheds  bool
	}{
		{"far above the average", DefaultConfig(), Picture{Serving: true, Sessions: 300, Others: others(100, 100)}, true},
		{"turned off", off, Picture{Serving: true, Sessions: 300, Others: others(100, 100)}, false},
		{"alone", DefaultConfig(), Picture{Serving: true, Sessions: 300}, false},
		{"not taking subscribers", DefaultConfig(), Picture{Sessions: 300, Others: others(100, 100)}, false},
		{"within the tolerance", DefaultConfig(), Picture{Serving: true, Sessions: 214, Others: others(190, 190)}, false},
		{"within the least", DefaultConfig(), Picture{Serving: true, Sessions: 19, Others: others(3, 5)}, false},
		{"within the tolerance, beside an empty one", DefaultConfig(), Picture{Serving: true, Sessions: 214, Others: others(214, 214, 214, 214, 214, 214, 214, 214, 214, 214, 214, 0)}, true},
		{"below the average, beside an empty one", DefaultConfig(), Picture{Serving: true, Sessions: 190, Others: others(500, 0)}, false},
		{"enough are on their way", DefaultConfig(), Picture{Serving: true, Sessions: 300, Leaving: 120, Others: others(100, 140)}, false},
		{"nobody is there", DefaultConfig(), Picture{Serving: true, Others: others(0, 0)}, false},
	} {
		if n := sum(sheds(tt.config, 20, tt.p)); (n > 0) != tt.sheds {
			t.Errorf("%s: %d are shed", tt.name, n)
		}
	}
}

func TestSheddingIsSmooth(t *testing.T) {
	for _, tt := range []struct {
		name     string
		sessions int
		most     int // in one look
		within   int // 20 seconds of shedding, and one session
	}{
		{"a share of the sessions", 1000, 10, 200},
		{"no more than the ceiling", 9000, 25, 500},
		{"one now and then", 40, 1, 8},
	} {
		got := sheds(DefaultConfig(), 25, Picture{Serving: true, Sessions: tt.sessions, Others: others(0)})
		for _, n := range got {
			if n > tt.most {
				t.Errorf("%s: %d at once", tt.name, n)
			}
		}
		if total := sum(got); total < tt.within*3/4 || total > tt.within+1 {
			t.Errorf("%s: %d in twenty seconds, wanted %d: %v", tt.name, total, tt.within, got)
		}
	}
}

func TestANodeThatStoodStillDoesntMakeUpForIt(t *testing.T) {
	l := New(DefaultConfig())
	p := Picture{Serving: true, Sessions: 1000, Others: others(0)}
	for s := range 10 {
		l.Look(time.Duration(s)*time.Second, p)
	}
	if n := l.Look(time.Hour, p); n > 10 {
		t.Errorf("%d at once after an hour", n)
	}
}

// TestNothingIsShedUntilThePictureIsCalm: for five seconds after anything of it
// has changed.
func TestNothingIsShedUntilThePictureIsCalm(t *testing.T) {
	first := Picture{Serving: true, Sessions: 1000, Others: others(500, 500)}
	for name, then := range map[string]Picture{
		"another has joined":         {Serving: true, Sessions: 1000, Others: others(500, 500, 0)},
		"one has gone":               {Serving: true, Sessions: 1000, Others: others(500)},
		"many have come":             {Serving: true, Sessions: 1400, Others: others(500, 500)},
		"many are gone":              {Serving: true, Sessions: 1000, Others: others(500, 100)},
		"another in another's place": {Serving: true, Sessions: 1000, Others: []Reader{{model.Incarnation{Name: "a"}, 500}, {model.Incarnation{Name: "z"}, 500}}},
	} {
		l := New(DefaultConfig())
		for s := range 30 {
			l.Look(time.Duration(s)*time.Second, first)
		}
		for s := range 10 {
			n := l.Look(time.Duration(30+s)*time.Second, then)
			if (n > 0) != (s >= 5) {
				t.Errorf("%s: %d are shed %d s later", name, n, s)
			}
		}
	}
}

// TestFewComingsAndGoingsDontDisturb: a fleet is never quite still.
func TestFewComingsAndGoingsDontDisturb(t *testing.T) {
	l := New(DefaultConfig())
	total := 0
	for s := range 30 {
		total += l.Look(time.Duration(s)*time.Second, Picture{Serving: true, Sessions: 1000 + s%7, Others: others(500-s%5, 500+s%3)})
	}
	if total == 0 {
		t.Error("nothing is shed")
	}
}

func TestRoundsThatBringNothingAreFurtherAndFurtherApart(t *testing.T) {
	l := New(DefaultConfig())
	p := Picture{Serving: true, Sessions: 1000, Others: others(0)}
	var pauses []time.Duration
	before := time.Duration(0)
	for s := range 3600 {
		now := time.Duration(s) * time.Second
		l.Asked(now, l.Look(now, p))
		if wait := l.Waiting(now); wait > before {
			pauses = append(pauses, wait.Round(time.Minute))
		}
		before = l.Waiting(now)
	}
	for i, pause := range pauses {
		if pause != time.Minute<<i {
			t.Fatalf("pauses %v", pauses)
		}
	}
	if len(pauses) < 4 {
		t.Errorf("pauses %v in an hour", pauses)
	}
}

func TestLimitsThatMakeNoSense(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for name, set := range map[string]func(*Config){
		"share": func(c *Config) { c.Share = 1.1 }, "tolerance": func(c *Config) { c.Tolerance = -0.1 },
		"most": func(c *Config) { c.Most = 0 }, "least": func(c *Config) { c.Least = 0 },
		"calm": func(c *Config) { c.Calm = 0 }, "pauses": func(c *Config) { c.MaxPause = c.Pause - 1 },
	} {
		c := DefaultConfig()
		set(&c)
		if c.Validate() == nil {
			t.Errorf("%s passes", name)
		}
	}
}

// TestWhoComesBackLateIsSeenThrough: a fleet that is level only while clients are
// on their way back isn't.
func TestWhoComesBackLateIsSeenThrough(t *testing.T) {
	const away = 15 // seconds
	l := New(DefaultConfig())
	shed := make([]int, 3600)
	total := 0
	for s := range shed {
		p := Picture{Serving: true, Sessions: 1000, Others: others(800)}
		for _, n := range shed[max(0, s-away):s] {
			p.Sessions -= n
		}
		now := time.Duration(s) * time.Second
		shed[s] = l.Look(now, p)
		l.Asked(now, shed[s])
		total += shed[s]
	}
	if total > 1500 { // six rounds of a quarter, with pauses of 1, 2, 4, 8 and 16 minutes
		t.Errorf("%d moves in an hour", total)
	}
}
