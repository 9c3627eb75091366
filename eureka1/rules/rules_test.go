package rules_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/eureka1/rules"
	"heureka/model"
)

// held is a registry of few words: it notes what it was told.
type held struct {
	instances map[model.Key]*model.Instance
	overrides map[model.Key]model.Status
	told      []string
	err       error // of everything that changes it
}

func newHeld() *held {
	return &held{instances: make(map[model.Key]*model.Instance), overrides: make(map[model.Key]model.Status)}
}

func (h *held) note(what string, key model.Key) error {
	h.told = append(h.told, what+" "+key.String())
	if h.err == nil && what != "put" && h.instances[key] == nil {
		return rules.ErrNotFound
	}
	return h.err
}

func (h *held) Get(key model.Key) (*model.Instance, model.Version, error) {
	in := h.instances[key]
	if in == nil {
		return nil, model.Version{}, rules.ErrNotFound
	}
	return in.Overridden(h.overrides[key]), model.Version{Time: 1000 << (model.TimeNodeBits + 10)}, nil
}

func (h *held) Changed(key model.Key) (int64, model.Version, error) {
	in, version, err := h.Get(key)
	if err != nil {
		return 0, version, err
	}
	return in.LastChangedMs, version, nil
}

func (h *held) Said(key model.Key) *model.Instance { return h.instances[key] }

func (h *held) Put(in *model.Instance) error {
	err := h.note("put", in.Key())
	if err == nil {
		h.instances[in.Key()] = in
	}
	return err
}

func (h *held) Renew(key model.Key) error { return h.note("renew", key) }

func (h *held) Amend(key model.Key, change func(*model.Instance)) error {
	err := h.note("amend", key)
	if err == nil {
		change(h.instances[key])
	}
	return err
}

func (h *held) Remove(key model.Key) error {
	err := h.note("remove", key)
	delete(h.instances, key)
	return err
}

func (h *held) Override(key model.Key, status model.Status) error {
	err := h.note("override "+string(status), key)
	if err == nil {
		h.overrides[key] = status
	}
	return err
}

func (h *held) ClearOverride(key model.Key) error {
	err := h.note("clear", key)
	delete(h.overrides, key)
	return err
}

var key = model.NewKey("ORDERS", "o-1")

func instance(changed int64) *model.Instance {
	return &model.Instance{App: key.App, ID: key.ID, Status: model.StatusUp, LastChangedMs: changed}
}

// peers is an instance that a server passed on.
func peers(changed int64) *model.Instance {
	in := instance(changed)
	in.Eureka1 = map[string]string{"origin": "peer"}
	return in
}

func TestWhatIsDoneAndAnswered(t *testing.T) {
	for _, test := range []struct {
		rule  string
		holds *model.Instance // nil: nothing
		under model.Status    // override
		word  rules.Word
		code  int
		told  string // all that the registry was told
	}{
		{"a client's word counts whatever its clock says", instance(9), "", rules.Word{Action: dialect.Register, Instance: instance(5), LastDirtyMs: 5}, 204, "put"},
		{"a server's only if it isn't older", instance(9), "", rules.Word{Action: dialect.Register, Instance: instance(5), LastDirtyMs: 5, Peer: true}, 204, "renew"},
		{"a server's at the same time counts", instance(5), "", rules.Word{Action: dialect.Register, Instance: instance(5), LastDirtyMs: 5, Peer: true}, 204, "put"},
		{"a server's without a time counts", instance(5), "", rules.Word{Action: dialect.Register, Instance: instance(0), Peer: true}, 204, "put"},
		{"an override is brought along", nil, "", rules.Word{Action: dialect.Register, Instance: instance(5), Overridden: model.StatusDown}, 204, "put, override DOWN"},
		{"unless there is one", instance(5), model.StatusUp, rules.Word{Action: dialect.Register, Instance: instance(5), Overridden: model.StatusDown}, 204, "put"},
		{"a heartbeat renews", instance(5), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 5}, 200, "renew"},
		{"also without a time", instance(5), "", rules.Word{Action: dialect.Heartbeat}, 200, "renew"},
		{"a newer one renews and has the client say it again", instance(5), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 6}, 404, "renew"},
		{"an older one is fine", instance(5), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 4}, 200, "renew"},
		{"an older one of a server isn't", instance(5), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 4, Peer: true}, 409, "renew"},
		{"nor is a server's override heard without news", instance(5), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 5, Overridden: model.StatusDown, Peer: true}, 200, "renew"},
		{"with news it is", instance(5), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 6, Overridden: model.StatusDown, Peer: true}, 404, "renew, override DOWN"},
		{"a client's never is", instance(5), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 6, Overridden: model.StatusDown}, 404, "renew"},
		{"no time is compared with the registry's own", instance(0), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 1024}, 200, "renew"},
		{"likewise, a newer one", instance(0), "", rules.Word{Action: dialect.Heartbeat, LastDirtyMs: 1025}, 404, "renew"},
		{"a heartbeat for nothing", nil, "", rules.Word{Action: dialect.Heartbeat}, 404, "renew"},
		{"a cancellation", instance(5), "", rules.Word{Action: dialect.Cancel}, 200, "remove"},
		{"a server's, of whatever it is", instance(5), "", rules.Word{Action: dialect.Cancel, Peer: true}, 200, "remove"},
		{"a bridge's, of what a client said here", instance(5), "", rules.Word{Action: dialect.Cancel, LastDirtyMs: 5, Peer: true}, 409, ""},
		{"a bridge's, of what a server passed on", peers(5), "", rules.Word{Action: dialect.Cancel, LastDirtyMs: 5, Peer: true}, 200, "remove"},
		{"a bridge's, of something older", peers(6), "", rules.Word{Action: dialect.Cancel, LastDirtyMs: 5, Peer: true}, 409, ""},
		{"one of nothing", nil, "", rules.Word{Action: dialect.Cancel}, 404, "remove"},
		{"an override", instance(5), "", rules.Word{Action: dialect.StatusUpdate, Status: model.StatusDown}, 200, "override DOWN"},
		{"by what is shown already", instance(5), "", rules.Word{Action: dialect.StatusUpdate, Status: model.StatusUp}, 200, ""},
		{"by the client's own, under another", instance(5), model.StatusDown, rules.Word{Action: dialect.StatusUpdate, Status: model.StatusUp}, 200, "override UP"},
		{"of nothing", nil, "", rules.Word{Action: dialect.StatusUpdate, Status: model.StatusUp}, 404, ""},
		{"by nothing", instance(5), "", rules.Word{Action: dialect.StatusUpdate}, 400, ""},
		{"its end", instance(5), model.StatusDown, rules.Word{Action: dialect.DeleteStatusOverride}, 200, "clear"},
		{"metadata", instance(5), "", rules.Word{Action: rules.Metadata, Metadata: map[string]string{"a": "1"}}, 200, "amend"},
		{"another action", instance(5), "", rules.Word{Action: "Sing"}, 500, ""},
	} {
		r := newHeld()
		if test.holds != nil {
			r.instances[key] = test.holds
		}
		if test.under != "" {
			r.overrides[key] = test.under
		}
		test.word.Key = key
		answer := rules.Apply(r, &test.word)
		told := strings.ReplaceAll(strings.Join(r.told, ", "), " "+key.String(), "")
		if answer.Code != test.code || told != test.told {
			t.Errorf("%s: answered %d and told %q, want %d and %q", test.rule, answer.Code, told, test.code, test.told)
		}
		if (answer.Instance != nil) != (answer.Code == http.StatusConflict && test.word.Action == dialect.Heartbeat) || (answer.Text != "") != (answer.Code == http.StatusBadRequest) {
			t.Errorf("%s: answered %+v", test.rule, answer)
		}
	}
}

func TestFaultsOfTheRegistry(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int
	}{
		{rules.ErrElsewhere, 503},
		{&model.InvalidError{Field: "metadata", Reason: "is too much"}, 400},
		{errors.New("any other"), 500},
	} {
		for _, action := range []string{dialect.Register, dialect.Heartbeat, dialect.Cancel, dialect.StatusUpdate, dialect.DeleteStatusOverride, rules.Metadata} {
			r := newHeld()
			r.instances[key], r.err = instance(5), test.err
			word := rules.Word{Action: action, Key: key, Instance: instance(5), Status: model.StatusDown}
			if answer := rules.Apply(r, &word); answer.Code != test.code {
				t.Errorf("%v to %s: answered %d, want %d", test.err, action, answer.Code, test.code)
			}
		}
	}
}

// TestWhatServersPassOnIsMarked holds that nobody is told their own words again.
func TestWhatServersPassOnIsMarked(t *testing.T) {
	said := func(r *held, peer bool, changed int64) {
		t.Helper()
		word := rules.Word{Action: dialect.Register, Key: key, Instance: instance(changed), LastDirtyMs: changed, Peer: peer}
		if answer := rules.Apply(r, &word); answer.Code != http.StatusNoContent {
			t.Fatal(answer)
		}
	}
	for _, test := range []struct {
		rule string
		say  func(*held)
		want bool
	}{
		{"by a server", func(r *held) { said(r, true, 5) }, true},
		{"by a server twice", func(r *held) { said(r, true, 5); said(r, true, 5) }, true},
		{"by its client", func(r *held) { said(r, false, 5) }, false},
		{"by its client in the end", func(r *held) { said(r, true, 5); said(r, false, 5) }, false},
		{"by its client first, and then the same by a server", func(r *held) { said(r, false, 5); said(r, true, 5) }, false},
		{"by its client first, and then something newer", func(r *held) { said(r, false, 5); said(r, true, 6) }, true},
	} {
		r := newHeld()
		test.say(r)
		if got := rules.IsPeers(r.instances[key]); got != test.want {
			t.Errorf("%s: marked %v", test.rule, got)
		}
	}
}

// TestACopyIsNobodysOwnWord has what is shown as another's come back as a registration:
// of a bridge, or of somebody who read an instance here and registers it again.
func TestACopyIsNobodysOwnWord(t *testing.T) {
	for _, test := range []struct {
		origin string
		peer   bool
		holds  *model.Instance
		told   string
		marked bool
	}{
		{"heureka", true, nil, "put", true},
		{dialect.OriginPeer, false, nil, "put", true},
		{dialect.OriginPeer, false, instance(6), "renew", false},
		{"", false, nil, "put", false},
	} {
		r := newHeld()
		if test.holds != nil {
			r.instances[key] = test.holds
		}
		word := rules.Registration(key.App, &dialect.Info{
			App: key.App, InstanceID: key.ID, HostName: "h", IPAddr: "h", Overridden: model.StatusUnknown, LastDirtyMs: 5,
			DataCenter: dialect.DataCenter{Given: true, Name: dialect.MyOwn}, Metadata: []dialect.Pair{{Key: dialect.KeyOrigin, Value: test.origin}},
		}, test.peer, new(model.Instance))
		answer := rules.Apply(r, &word)
		got := r.instances[key]
		if told := strings.ReplaceAll(strings.Join(r.told, ", "), " "+key.String(), ""); answer.Code != http.StatusNoContent || told != test.told {
			t.Errorf("%+v: answered %d and told %q", test, answer.Code, told)
		}
		if rules.IsPeers(got) != test.marked || len(got.Metadata) != 0 {
			t.Errorf("%+v: it is %+v", test, got)
		}
	}
}

// TestBatchesHaveNoMetadata holds that what isn't an action of theirs does nothing.
func TestBatchesHaveNoMetadata(t *testing.T) {
	r := newHeld()
	r.instances[key] = instance(5)
	word := rules.OfItem(&dialect.Item{Action: rules.Metadata, App: key.App, ID: key.ID})
	if answer := rules.Apply(r, &word); answer.Code != http.StatusInternalServerError || len(r.told) != 0 {
		t.Errorf("answered %+v, told %q", answer, r.told)
	}
}

func TestRegistrationsThatAreRefused(t *testing.T) {
	var refusal *dialect.Refusal
	word := rules.Registration("A", &dialect.Info{App: "A"}, false, new(model.Instance))
	if !errors.As(word.Refusal(), &refusal) || rules.Apply(newHeld(), &word).Code != http.StatusBadRequest {
		t.Errorf("one without anything is refused by %v", word.Refusal())
	}
	word = rules.OfItem(&dialect.Item{Action: dialect.Register, App: "A"})
	if answer := rules.Apply(newHeld(), &word); answer.Code != http.StatusBadRequest || answer.Text == "" {
		t.Errorf("an item without an instance is answered %+v", answer)
	}
}
