package cluster

import (
	"slices"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"
)

// TestARestoredNode gives a new run of a node the map of its former one.
func TestARestoredNode(t *testing.T) {
	config := DefaultConfig()
	former := newReplica(config, "write-1", Write)
	gone, stays := put(former, time.Second, "gone"), put(former, time.Second, "stays")
	former.Entomb(at(2*time.Second), gone.Key, gone.Version, model.Speaker{})
	other := incarnation("write-2", 7)
	former.Receive(at(2*time.Second), &Delta{registry.Delta{Incarnation: other, From: 0, To: 1, Entries: []*registry.Entry{{
		Key: model.NewKey("APP", "other"), Version: model.Version{Time: 1 << 40, Incarnation: other},
		Dot: model.Dot{Incarnation: other, Seq: 1}, Instance: model.Pack((&model.Instance{App: "APP", ID: "other"}).Canonical()), Hash: 1,
	}}}})
	m := former.Map()

	next := New(config, incarnation("write-1", 2), Write, "write-1:80", former.pull.random)
	const start = time.Minute
	next.Restore(slices.Collect(m.All()), m.Vector().Clone(), m.Horizon().Clone(), at(start))
	if got := next.Map(); !got.Vector().Equal(m.Vector()) || got.Digest() != m.Digest() || got.Live() != 2 || got.Tombstones() != 1 {
		t.Fatalf("it holds %d and %d up to %v", got.Live(), got.Tombstones(), got.Vector())
	}
	if next.View().Len() != 2 || len(next.Drain().Changes) != 2 {
		t.Error("its view doesn't show it")
	}
	if now := next.Draw(at(start), 0); now <= stays.Version.Time {
		t.Error("it draws times that the former run has drawn")
	}
	if n := next.FormerlyOwned(); n != 1 {
		t.Errorf("it owned %d instances", n)
	}
	next.Tick(at(start + config.Tombstones))
	if next.Map().Tombstones() != 1 {
		t.Error("a tombstone doesn't count as arrived when it was restored")
	}
	next.Drain()

	// Alone it goes on after a while, and takes over what its former run owned at
	// once, what another one owned when that is known dead.
	takenOver := map[model.Incarnation]time.Duration{}
	var forgotten []registry.Slot
	for now := start + config.Tombstones; now < start+2*config.Tombstones; now += 100 * time.Millisecond {
		next.Tick(at(now))
		effects := next.Drain()
		for _, inc := range effects.TakeOver {
			if takenOver[inc] == 0 {
				takenOver[inc] = now
			}
		}
		forgotten = append(forgotten, effects.Forgotten...)
		if !next.Ready() && len(effects.TakeOver) > 0 {
			t.Fatal("it takes over before it is ready")
		}
	}
	if takenOver[former.Self()] == 0 || takenOver[other] < takenOver[former.Self()] {
		t.Errorf("taken over: %v", takenOver)
	}
	if next.Map().Tombstones() != 0 || len(forgotten) != 1 || forgotten[0] != gone.Slot() {
		t.Errorf("%d tombstones are left, forgotten are %v", next.Map().Tombstones(), forgotten)
	}
}

// A former run that still counts as heard said what its successor says again.
func TestEachNodesUnconfirmedCountOnce(t *testing.T) {
	r := newReplica(DefaultConfig(), "a", Write) // its run is 1
	r.SetUnconfirmed(3)
	for i, b := range []*Beacon{
		beacon(incarnation("a", 9), Write, 7, true), // what it was before
		beacon(incarnation("b", 9), Write, 7, true), // the former run, though its ID is greater
		beacon(incarnation("b", 2), Write, 1, true),
		beacon(incarnation("c", 1), Write, 1, true),
	} {
		b.Unconfirmed = 3
		r.Receive(at(time.Duration(i)*time.Second), b)
	}
	r.SetUnconfirmed(2)
	if n := r.Unconfirmed(at(5 * time.Second)); n != 2+3+3 {
		t.Errorf("%d are unconfirmed", n)
	}
	b := beacon(incarnation("b", 2), Write, 2, true) // all of its clients have come
	r.Receive(at(6*time.Second), b)
	if n := r.Unconfirmed(at(6 * time.Second)); n != 2+3 {
		t.Errorf("%d are unconfirmed", n)
	}
}

func TestBeaconsTellWhatIsUnconfirmed(t *testing.T) {
	config := DefaultConfig()
	a, b := newReplica(config, "a", Write), newReplica(config, "b", Read)
	a.SetUnconfirmed(3)
	a.Tick(at(0))
	for _, m := range only[*Beacon](a.Drain().Messages) {
		b.Receive(at(0), m)
	}
	other := beacon(incarnation("c", 1), Write, 1, true)
	other.Unconfirmed = 4
	b.Receive(at(0), other)
	if n := b.Unconfirmed(at(time.Second)); n != 7 {
		t.Errorf("%d are unconfirmed", n)
	}
	if n := b.Unconfirmed(at(time.Minute)); n != 0 {
		t.Errorf("%d are unconfirmed at nodes that aren't heard", n)
	}
}
