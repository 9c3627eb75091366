package promise

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"heureka/model"
	"heureka/wire"
)

var author = model.Incarnation{Name: "write-1", ID: uuid.UUID{15: 1}}

func at(time model.Time) model.Version { return model.Version{Time: time, Incarnation: author} }

func instance(app, id, vip string) *model.Instance {
	in := &model.Instance{App: app, ID: id, VIP: vip, Status: model.StatusUp}
	return in.Canonical()
}

func put(in *model.Instance, time model.Time) *wire.Put {
	return &wire.Put{Version: at(time).String(), Hash: wire.FormatHash(in.Hash()), Instance: in}
}

func remove(in *model.Instance) *wire.Remove { return &wire.Remove{App: in.App, ID: in.ID} }

// checkOf is the Check of a subscriber that holds exactly these.
func checkOf(holds ...*model.Instance) wire.Check {
	var sum uint64
	for _, in := range holds {
		sum += in.Hash()
	}
	return wire.Check{Count: len(holds), Digest: wire.FormatHash(sum)}
}

func synced(seq uint64, holds ...*model.Instance) *wire.Synced {
	return &wire.Synced{Seq: seq, Check: checkOf(holds...)}
}

func ofApp(app string) Matcher { return func(in *model.Instance) bool { return in.App == app } }

func ofVIP(vip string) Matcher { return func(in *model.Instance) bool { return in.VIP == vip } }

// expect compares the names of the broken promises, each once, with those
// given.
func expect(t *testing.T, r *Report, broken ...Name) {
	t.Helper()
	found := make(map[Name]bool)
	for _, f := range r.Failures() {
		found[f.Promise] = true
	}
	got := slices.Sorted(maps.Keys(found))
	slices.Sort(broken)
	if !slices.Equal(got, broken) {
		t.Errorf("broken: %v, want %v\n%v", got, broken, r.Err())
	}
}

func TestReportNamesThePromiseAndIsBounded(t *testing.T) {
	var r, other Report
	if r.Err() != nil {
		t.Fatal("an empty report has an error")
	}
	other.fail(Fenced, "read-1", model.NewKey("orders", "o-1"), "because")
	r.Join(&other)
	if text := r.Err().Error(); text != "Fenced broken at read-1 by ORDERS/o-1: because" {
		t.Errorf("got %q", text)
	}
	for range MaxFailures + 9 {
		other.fail(Bounded, "read-1", model.Key{}, "too much")
	}
	r.Join(&other)
	if len(r.Failures()) != MaxFailures || r.Count() != MaxFailures+11 {
		t.Errorf("kept %d of %d", len(r.Failures()), r.Count())
	}
	if text := r.Err().Error(); !strings.HasSuffix(text, "and 11 more") {
		t.Errorf("ends with %q", text[len(text)-20:])
	}
}
