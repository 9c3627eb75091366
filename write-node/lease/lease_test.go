package lease

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"heureka/model"
)

const (
	sec    = time.Second
	thirty = 30 * sec
)

func some(n int) []*Lease {
	out := make([]*Lease, n)
	for i := range out {
		out[i] = &Lease{Key: model.NewKey("APP", fmt.Sprint(i))}
	}
	return out
}

// granted returns a table that holds n leases of one holder.
func granted(n int, c Class) (*Table, []*Lease, *Holder) {
	t, leases, h := New(unpaused()), some(n), new(Holder)
	for _, l := range leases {
		t.Grant(0, l, h, c, thirty)
	}
	return t, leases, h
}

func TestOneInstanceGoesWhenItsLeaseEnds(t *testing.T) {
	table, leases, _ := granted(1, Own)
	if out := table.Expire(thirty - 1); len(out) != 0 {
		t.Fatal("went before its lease ended")
	}
	if out := table.Expire(thirty); len(out) != 1 || out[0] != leases[0] {
		t.Fatalf("%d went", len(out))
	}
	if leases[0].Granted() || table.Stats(thirty, Own).Held != 0 {
		t.Error("is still held")
	}
}

func TestHearingTheHolderKeepsAllItsLeases(t *testing.T) {
	table, _, h := granted(1000, Own)
	for now := 10 * sec; now < time.Hour; now += 10 * sec {
		table.Heard(now, h)
		if out := table.Expire(now); len(out) != 0 {
			t.Fatalf("%d went at %v", len(out), now)
		}
	}
}

func TestAShareGoesInEachWindow(t *testing.T) {
	table, _, _ := granted(1000, Own)
	var went []int
	for now := thirty; now < thirty+8*time.Minute; now += time.Minute {
		n := 0
		for at := now; at < now+time.Minute; at += sec {
			n += len(table.Expire(at))
		}
		went = append(went, n)
	}
	if got := fmt.Sprint(went); got != "[150 150 150 150 150 150 100 0]" {
		t.Errorf("went %s", got)
	}
}

func TestAHundredThousandSilentOnesGoByTheSamePace(t *testing.T) {
	table, _, _ := granted(100_000, Own)
	if n := len(table.Expire(thirty)); n != 15_000 {
		t.Errorf("%d went at once, want 15000", n)
	}
	s := table.Stats(thirty, Own)
	if s.Queued != 85_000 || s.Left != 0 || s.Quota != 15_000 {
		t.Errorf("stats %+v", s)
	}
}

func TestReturningWhileQueuedCostsNothing(t *testing.T) {
	table, _, h := granted(100, Own)
	other := new(Holder)
	stranger := &Lease{Key: model.NewKey("APP", "stranger")}
	table.Grant(0, stranger, other, Own, 2*time.Minute)
	if n := len(table.Expire(thirty)); n != 15 {
		t.Fatalf("%d went", n)
	}
	table.Heard(40*sec, h)
	if s := table.Stats(40*sec, Own); s.Queued != 0 || s.Held != 86 {
		t.Fatalf("after the return: %+v", s)
	}
	if n := len(table.Expire(65 * sec)); n != 0 {
		t.Errorf("%d went though they had been renewed", n)
	}
	// Silent again, they and the stranger go by the quota of a later window.
	if out := table.Expire(2 * time.Minute); len(out) != 15 {
		t.Errorf("%d went in the window after", len(out))
	}
}

func TestAdoptedOnesStartWithTheirWindowSpent(t *testing.T) {
	table, _, _ := granted(1, Adopted)
	if n := len(table.Expire(time.Minute - 1)); n != 0 {
		t.Error("went within the window in which it was adopted")
	}
	if n := len(table.Expire(time.Minute)); n != 1 {
		t.Error("didn't go after that window")
	}
}

func TestAdoptingAgainAndAgainHoldsNothingForEver(t *testing.T) {
	table, leases, _ := granted(1, Adopted)
	newcomers := some(200)
	var went time.Duration
	for i := 1; went == 0 && i < len(newcomers); i++ {
		now := time.Duration(i) * thirty
		table.Grant(now, newcomers[i], nil, Adopted, time.Hour)
		for _, l := range table.Expire(now) {
			if l == leases[0] {
				went = now
			}
		}
	}
	if want := thirty + table.cfg.HeldMax; went != want {
		t.Errorf("went at %v, want %v", went, want)
	}
}

func TestOwnAndAdoptedAreCountedApart(t *testing.T) {
	table, _, _ := granted(10, Own)
	for _, l := range some(10_000) {
		table.Grant(0, l, nil, Adopted, thirty)
	}
	own, adopted := 0, 0
	for _, l := range table.Expire(2 * time.Minute) {
		if l.Class() == Own {
			own++
		} else {
			adopted++
		}
	}
	if own != 1 || adopted != 1500 {
		t.Errorf("%d own and %d adopted went, want 1 and 1500", own, adopted)
	}
}

func TestTheMostHeldIsForgottenAfterItsTime(t *testing.T) {
	table, leases, h := granted(1000, Own)
	for _, l := range leases[10:] {
		table.Drop(sec, l)
	}
	for _, c := range []struct {
		at   time.Duration
		want int
	}{{time.Hour, 150}, {time.Hour + 2*time.Minute, 1}} {
		table.Heard(c.at, h)
		if got := table.Stats(c.at, Own).Quota; got != c.want {
			t.Errorf("at %v the quota is %d, want %d", c.at, got, c.want)
		}
	}
}

func TestAHoldKeepsAllUntilItEnds(t *testing.T) {
	table, _, _ := granted(100, Own)
	table.Hold(Own, Operator, time.Hour)
	if n := len(table.Expire(time.Hour - 1)); n != 0 {
		t.Errorf("%d went while held", n)
	}
	if s := table.Stats(30*time.Minute, Own); s.Hold != 30*time.Minute || s.Left != 0 || s.Queued != 100 {
		t.Errorf("stats %+v", s)
	}
	if n := len(table.Expire(time.Hour)); n != 15 {
		t.Errorf("%d went when the hold ended", n)
	}
	table.Hold(Own, Operator, 10*time.Hour)
	table.Resume(Own, Operator)
	if n := len(table.Expire(2 * time.Hour)); n != 15 {
		t.Errorf("%d went after the hold was ended", n)
	}
}

func TestALeaseMovesBetweenHolders(t *testing.T) {
	table, leases, old := granted(2, Own)
	table.Expire(10 * sec)
	next := new(Holder)
	table.Grant(20*sec, leases[0], next, Own, thirty)
	table.Heard(45*sec, next)
	if out := table.Expire(46 * sec); len(out) != 1 || out[0] != leases[1] {
		t.Fatalf("%d went, want the one that stayed", len(out))
	}
	if len(old.terms) != 0 || old.queued != 0 {
		t.Error("the old holder still has something")
	}
}

func TestQueuedYieldsTheOldestFirst(t *testing.T) {
	table := New(unpaused())
	table.Hold(Own, Operator, time.Hour)
	for i, l := range some(3) {
		table.Grant(0, l, nil, Own, time.Duration(3-i)*sec)
	}
	table.Expire(10 * sec)
	var got strings.Builder
	for key, ended := range table.Queued(Own) {
		fmt.Fprint(&got, key, " ", ended, "; ")
	}
	if want := "APP/2 1s; APP/1 2s; APP/0 3s; "; got.String() != want {
		t.Errorf("got %s", got.String())
	}
	if s := table.Stats(10*sec, Own); s.Oldest != 9*sec {
		t.Errorf("oldest %v", s.Oldest)
	}
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*Config){
		"window":            func(c *Config) { c.Window = 0 },
		"share":             func(c *Config) { c.Share = 1.5 },
		"history":           func(c *Config) { c.History = sec },
		"hold":              func(c *Config) { c.HeldMax = -1 },
		"silent":            func(c *Config) { c.Silent = 0 },
		"hold not negative": func(c *Config) { c.SilentMax = -1 },
		"portion":           func(c *Config) { c.Portion = 0 },
	} {
		cfg := DefaultConfig()
		spoil(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// unpaused is for tests that let much time pass at once.
func unpaused() Config {
	cfg := DefaultConfig()
	cfg.Pause = 1000 * time.Hour
	return cfg
}

func TestAPauseOfTheProcessEvictsNothing(t *testing.T) {
	cfg := DefaultConfig()
	table, leases := New(cfg), some(100)
	h := new(Holder)
	for _, l := range leases {
		table.Grant(0, l, h, Own, 30*time.Second)
	}
	now := time.Duration(0)
	for ; now < 10*time.Second; now += time.Second {
		table.Expire(now)
	}
	now += 5 * time.Minute // the process was stopped
	for end := now + cfg.Resume; now < end; now += time.Second {
		if out := table.Expire(now); len(out) > 0 {
			t.Fatalf("%d went %v before the end of the time to resume", len(out), end-now)
		}
	}
	if out := table.Expire(now); len(out) == 0 {
		t.Fatal("nothing went, though nobody was heard in the time to resume")
	}
}
