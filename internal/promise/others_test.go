package promise

import (
	"errors"
	"testing"
	"time"

	"heureka/model"
	"heureka/wire"
)

func TestConverge(t *testing.T) {
	a, b := instance("orders", "o-1", "blue"), instance("orders", "o-2", "green")
	registered := map[model.Key]*model.Instance{a.Key(): a, b.Key(): b}
	changed := instance("orders", "o-1", "red")
	stranger := instance("carts", "o-1", "blue")
	tests := []struct {
		name   string
		view   View
		broken []Name
	}{
		{"everything", View{Holds: registered}, nil},
		{"everything of its interest", View{Matches: ofVIP("blue"), Holds: map[model.Key]*model.Instance{a.Key(): a}}, nil},
		{"one is missing", View{Holds: map[model.Key]*model.Instance{a.Key(): a}}, []Name{Convergent}},
		{"one is old", View{Holds: map[model.Key]*model.Instance{a.Key(): changed, b.Key(): b}}, []Name{Convergent}},
		{"one isn't registered", View{Holds: map[model.Key]*model.Instance{a.Key(): a, b.Key(): b, stranger.Key(): stranger}}, []Name{Convergent}},
		{"one is outside the interest", View{Matches: ofVIP("blue"), Holds: registered}, []Name{Convergent}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var report Report
			Converge(&report, registered, test.view)
			expect(t, &report, test.broken...)
		})
	}
}

func TestFence(t *testing.T) {
	key, other := model.NewKey("orders", "o-1"), model.NewKey("carts", "o-1")
	var report Report
	f := NewFence("read-1", &report)
	f.Shown(key, at(2))
	f.Shown(other, at(1)) // another key is another order
	f.Shown(key, at(2))
	f.Shown(key, at(3))
	expect(t, &report)
	f.Shown(key, at(2))
	expect(t, &report, Fenced)
}

func TestKeeper(t *testing.T) {
	key := model.NewKey("orders", "o-1")
	tests := []struct {
		name    string
		returns time.Duration
		happens func(k *Keeper)
		broken  []Name
	}{
		{"shown in time", 0, func(k *Keeper) { k.Acknowledged(key, 0); k.Shown(key, time.Second) }, nil},
		{"shown before the acknowledgement", 0, func(k *Keeper) { k.Shown(key, 0); k.Acknowledged(key, time.Second) }, nil},
		{"gone when unregistered", 0, func(k *Keeper) { k.Shown(key, 0); k.Acknowledged(key, 0); k.Ended(key); k.Gone(key, 1) }, nil},
		{"back in time", time.Minute, func(k *Keeper) {
			k.Shown(key, 0)
			k.Acknowledged(key, 0)
			k.Gone(key, time.Second)
			k.Shown(key, 30*time.Second)
		}, nil},
		{"back in time at the end", time.Minute, func(k *Keeper) { k.Acknowledged(key, 0); k.Shown(key, 0); k.Gone(key, 9*time.Minute) }, nil},

		{"shown too late", 0, func(k *Keeper) { k.Acknowledged(key, 0); k.Shown(key, 3*time.Second) }, []Name{Kept}},
		{"never shown", 0, func(k *Keeper) { k.Acknowledged(key, 0) }, []Name{Kept}},
		{"removed while it lives", 0, func(k *Keeper) {
			k.Acknowledged(key, 0)
			k.Shown(key, 0)
			k.Gone(key, time.Second)
			k.Shown(key, time.Second)
		}, []Name{Kept}},
		{"back too late", time.Minute, func(k *Keeper) {
			k.Acknowledged(key, 0)
			k.Shown(key, 0)
			k.Gone(key, time.Second)
			k.Shown(key, 2*time.Minute)
		}, []Name{Kept}},
		{"never back", time.Minute, func(k *Keeper) { k.Acknowledged(key, 0); k.Shown(key, 0); k.Gone(key, time.Second) }, []Name{Kept}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var report Report
			k := NewKeeper("session", KeptLimits{Appear: 2 * time.Second, Return: test.returns}, &report)
			test.happens(k)
			k.End(10 * time.Minute)
			expect(t, &report, test.broken...)
		})
	}
}

func TestAvailability(t *testing.T) {
	tests := []struct {
		name   string
		took   time.Duration
		err    error
		broken []Name
	}{
		{"obeyed", time.Millisecond, nil, nil},
		{"the request was wrong", time.Millisecond, wire.NewError(wire.CodeInvalidInstance, "no id"), nil},
		{"too slow", time.Minute, nil, []Name{Available}},
		{"too slow to refuse", time.Minute, wire.NewError(wire.CodeInvalidInstance, "no id"), []Name{Available}},
		{"not now", time.Millisecond, wire.NewError(wire.CodeNotReady, "alone"), []Name{Available}},
		{"no answer", time.Millisecond, errors.New("connection refused"), []Name{Available}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var report Report
			NewAvailability("write-1", time.Second, &report).Answered("register", test.took, test.err)
			expect(t, &report, test.broken...)
		})
	}
}

func TestBounds(t *testing.T) {
	var report Report
	b := Bounds{Frame: 1 << 10, Session: 10 << 10}
	b.Received(&report, "session", 1<<10)
	b.Memory(&report, "read-1", 100, 1<<20, 1<<20+100*(10<<10))
	Bounds{}.Received(&report, "session", 1<<30) // no ceiling, no judgement
	expect(t, &report)
	b.Received(&report, "session", 1<<10+1)
	expect(t, &report, Bounded)

	var memory Report
	b.Memory(&memory, "read-1", 100, 1<<20, 1<<20+100*(11<<10))
	expect(t, &memory, Bounded)
}

func TestIsolation(t *testing.T) {
	var report Report
	i := Isolation{Limit: time.Second}
	i.Delivered(&report, "session", model.NewKey("orders", "o-1"), time.Second)
	expect(t, &report)
	i.Delivered(&report, "session", model.NewKey("orders", "o-1"), 2*time.Second)
	expect(t, &report, Isolated)

	var later Report
	i.Meanwhile(&later, "session", model.NewKey("orders", "o-1"), true)
	expect(t, &later)
	i.Meanwhile(&later, "session", model.NewKey("orders", "o-1"), false)
	expect(t, &later, Isolated)
}
