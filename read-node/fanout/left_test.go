package fanout

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"time"

	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

// TestNothingIsLeftOfSessions has very many come, want all kinds of things, and
// go: the hub is as if they had never been there, and so is the memory that it
// holds.
func TestNothingIsLeftOfSessions(t *testing.T) {
	config := DefaultConfig()
	config.References = 20_000
	h := New(config, interest.DefaultLimits(), func(interest.Set) string { return "token" })
	apply := func(number uint64, status model.Status) {
		in := (&model.Instance{App: fmt.Sprint(number % 40), ID: fmt.Sprint(number % 2000), VIP: fmt.Sprint(number % 50), Status: status}).Canonical()
		h.Apply(model.Change{Number: number, Kind: model.Put, Key: in.Key(), After: model.Pack(in), Hash: in.Hash()})
	}
	for i := range 2000 {
		apply(uint64(i+1), model.StatusUp)
	}
	before := inUse()
	number := uint64(2000)
	for round := range 3 {
		for id := range SessionID(1000) {
			h.Open(id, wire.Format(id%2))
			sub := Subscription{Seq: 1, Set: ofMany(t, int(id)), Pace: time.Duration(id%3) * time.Second}
			sub.Known, _ = h.Survey(sub.Set).Match(func() bool { return false })
			if id%5 == 0 {
				sub.Resume = &Resume{Missed: []model.Key{model.NewKey("1", "1"), model.NewKey("7", "gone")}}
			}
			if err := h.Subscribe(id, sub); err != nil {
				t.Fatal(err)
			}
			number++
			apply(number, model.Statuses()[round])
			for _, d := range h.Deliveries(time.Duration(id)) {
				if d.Session%3 > 0 {
					h.Written(d.Session)
				}
			}
			if id%100 == 0 {
				h.Heartbeat(false)
			}
		}
		if s := h.Stats(); s.Groups < 500 || s.Walking == 0 || s.References == 0 {
			t.Fatalf("stats = %+v", s)
		}
		for id := range SessionID(1000) {
			h.Close(id)
		}
		h.Deliveries(time.Hour)
	}
	for name, held := range map[string]int{
		"sessions": len(h.sessions), "order": cap(h.order), "groups": len(h.groups), "references": h.references,
		"walking": h.walking, "dirty": cap(h.dirty), "ready": cap(h.ready), "paced": cap(h.paced), "ended": len(h.ended),
		"lines": h.lines.bytes, "frames": h.frames.bytes, "room": cap(h.room), "deliveries": cap(h.deliveries),
	} {
		if held != 0 {
			t.Errorf("%s: %d are left", name, held)
		}
	}
	index := h.index.Stats()
	index.Matches = 0
	if !reflect.ValueOf(index).IsZero() {
		t.Errorf("left in the index: %+v", index)
	}
	if grown := inUse() - before; grown > 300_000 {
		t.Errorf("%d bytes more are held", grown)
	}
	runtime.KeepAlive(h)
}

// ofMany returns one of a thousand sets.
func ofMany(t *testing.T, i int) interest.Set {
	atoms := []interest.Interest{
		{Kind: interest.App, Value: fmt.Sprint(i % 40)},
		{Kind: interest.ID, Value: fmt.Sprint(i)},
	}
	switch i % 4 {
	case 0:
		atoms[1] = interest.Interest{Kind: interest.ID, Op: interest.Like, Value: fmt.Sprintf("%d.*", i)}
	case 1:
		atoms[0] = interest.Interest{Kind: interest.VIP, Value: fmt.Sprint(i % 50)}
	case 2:
		if i%50 == 2 {
			atoms = []interest.Interest{{Kind: interest.Full}}
		}
	}
	set, err := interest.NewSet(interest.DefaultLimits(), atoms)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestNothingIsLeftOfTheView lets everything leave.
func TestNothingIsLeftOfTheView(t *testing.T) {
	h := New(DefaultConfig(), interest.DefaultLimits(), nil)
	number := uint64(0)
	for range 3 {
		for i := range 1000 {
			number++
			in := (&model.Instance{App: fmt.Sprint(i % 7), ID: fmt.Sprint(i), VIP: fmt.Sprintf("x,%d", i%9), SecureVIP: fmt.Sprint(i)}).Canonical()
			h.Apply(model.Change{Number: number, Kind: model.Put, Key: in.Key(), After: model.Pack(in), Hash: in.Hash()})
		}
		for i := range 1000 {
			number++
			h.Apply(model.Change{Number: number, Kind: model.Remove, Key: model.NewKey(fmt.Sprint(i%7), fmt.Sprint(i))})
		}
	}
	c := h.catalog
	for name, held := range map[string]int{
		"apps": len(c.apps), "labels": len(c.labelled.by), "vips": len(c.labelled.vips), "secure vips": len(c.labelled.secureVIPs),
		"authors": len(c.authors), "seats": int(c.seats), "free": len(c.free), "count": c.count, "digest": int(c.digest),
	} {
		if held != 0 {
			t.Errorf("%s: %d are left", name, held)
		}
	}
	if n := len(h.node.slots); n > 2*2*DefaultConfig().Departures+compactLeast {
		t.Errorf("%d places are left", n)
	}
}

// TestSeatsAreUsedAgain has very many come and go beside one that stays.
func TestSeatsAreUsedAgain(t *testing.T) {
	h := New(DefaultConfig(), interest.DefaultLimits(), nil)
	for i := range uint64(5000) {
		in := (&model.Instance{App: "A", ID: fmt.Sprint(i)}).Canonical()
		version := model.Version{Time: 1, Incarnation: model.Incarnation{Name: fmt.Sprint(i)}}
		h.Apply(model.Change{Number: 2*i + 1, Kind: model.Put, Key: in.Key(), After: model.Pack(in), Version: version})
		if i > 0 {
			h.Apply(model.Change{Number: 2*i + 2, Kind: model.Remove, Key: in.Key(), Version: version})
		}
	}
	if c := h.catalog; c.seats != 2 || len(c.authors) != 1 {
		t.Errorf("%d seats and %d authors", c.seats, len(c.authors))
	}
}

func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
