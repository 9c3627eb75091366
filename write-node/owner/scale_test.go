package owner

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/write-node/lease"

	"github.com/google/uuid"
)

// clean is what docs/operations.md promises: how long after a scale-down by
// kill -9 nothing is left of those that were killed.
func clean(cfg Config, from, to int) time.Duration {
	quota := max(1, int(cfg.Eviction.Share*float64(from)))
	windows := (from - to + quota - 1) / quota
	return cfg.Lease + time.Duration(windows)*cfg.Eviction.Window
}

func TestAScaleDownIsCleanInTheStatedTime(t *testing.T) {
	for _, c := range []struct {
		from, to int
		stated   time.Duration
	}{
		{1, 0, 90 * sec},
		{3, 1, 150 * sec},
		{200, 20, 6*time.Minute + 30*sec},
		{200, 0, 7*time.Minute + 30*sec},
		{100_000, 10_000, 6*time.Minute + 30*sec},
	} {
		t.Run(fmt.Sprint(c.from, " to ", c.to), func(t *testing.T) {
			cfg := DefaultConfig()
			if got := clean(cfg, c.from, c.to); got != c.stated {
				t.Fatalf("the formula says %v, the document %v", got, c.stated)
			}
			took := scaleDown(t, cfg, c.from, c.to)
			if took > c.stated {
				t.Errorf("clean after %v, stated are %v", took, c.stated)
			}
		})
	}
}

// scaleDown runs one node with that many clients, of which all but some are
// killed, and returns how long it takes until the rest is all there is.
func scaleDown(t *testing.T, cfg Config, from, to int) time.Duration {
	t.Helper()
	self := model.Incarnation{Name: "a", ID: uuid.UUID{1}}
	o := New(cfg, cluster.New(cluster.DefaultConfig(), self, cluster.Write, "", rand.New(rand.NewPCG(1, 1))))
	mono := sec
	now := func() model.Moment {
		return model.Moment{Mono: mono, Wall: 1_700_000_000_000_000 + mono.Microseconds()}
	}
	tick := func(clients int) {
		mono += 500 * time.Millisecond
		for i := range clients { // each heartbeats every 10 s, at a time of its own
			if phase := time.Duration(i%20) * 500 * time.Millisecond; mono%(10*sec) == phase {
				if err := o.Heard(ConnID(i), now()); err != nil {
					t.Fatal(err)
				}
			}
		}
		o.Replica().Tick(now())
		o.Tick(now())
		o.Settle(now())
	}
	for i := range from {
		if err := o.Open(ConnID(i), fmt.Sprint(i), 1, now()); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Register(ConnID(i), instance(model.NewKey("APP", fmt.Sprint(i)), "one"), model.Version{}, now()); err != nil {
			t.Fatal(err)
		}
	}
	for mono < time.Minute {
		tick(from)
	}
	for i := to; i < from; i++ {
		o.Close(ConnID(i), Left)
	}
	killed := mono
	for o.Leases().Stats(mono, lease.Own).Held > to {
		if mono > killed+time.Hour {
			t.Fatalf("%d are held after an hour", o.Leases().Stats(mono, lease.Own).Held)
		}
		tick(to)
	}
	for i := range to {
		if _, _, err := o.Get(model.NewKey("APP", fmt.Sprint(i))); err != nil {
			t.Fatalf("%d, which lives: %v", i, err)
		}
	}
	return mono - killed
}
