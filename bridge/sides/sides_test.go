package sides_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// desk is one bridge with an old cluster of one server, told by hand.
type desk struct {
	*sides.Sides
	t   *testing.T
	cfg sides.Config
	now time.Duration
}

func newDesk(t *testing.T, change func(*sides.Config)) *desk {
	d := &desk{t: t, cfg: sides.DefaultConfig(), now: time.Second}
	d.cfg.BothWays = true
	if change != nil {
		change(&d.cfg)
	}
	d.Sides = sides.New(d.cfg, 1)
	return d
}

func (d *desk) moment() model.Moment {
	return model.Moment{Mono: d.now, Wall: int64((1_700_000_000*time.Second + d.now) / time.Microsecond)}
}

// pass lets time pass, in which pages go on saying the same.
func (d *desk) pass(time time.Duration, page []*dialect.Info) {
	d.now += time
	d.page(page...)
	d.Sweep(d.moment())
}

func (d *desk) page(infos ...*dialect.Info) { d.Page(d.moment(), d.now, document(infos...)) }

func document(infos ...*dialect.Info) *dialect.Applications {
	apps := new(dialect.Applications)
	for _, info := range infos {
		apps.List = append(apps.List, dialect.Application{Name: info.App, Instances: []dialect.Info{*info}})
	}
	return apps
}

// told says what a target is told, and answers 200 to all of it.
func (d *desk) told(t sides.Target) string {
	var said []string
	for {
		items := d.Due(d.moment(), t, 250)
		if len(items) == 0 {
			slices.Sort(said)
			return strings.Join(said, ", ")
		}
		answers := make([]dialect.Answer, len(items))
		for i := range items {
			answers[i].Code = 200
			said = append(said, items[i].Action+" "+items[i].ID)
			if t == sides.Heureka {
				d.showsItem(&items[i])
			}
		}
		d.Told(d.moment(), t, answers)
	}
}

// showsItem has Heureka show what it was told.
func (d *desk) showsItem(it *dialect.Item) {
	switch it.Action {
	case dialect.Register:
		in := it.Info.Instance()
		in.Eureka1 = map[string]string{"origin": "peer"}
		d.Shows(d.moment(), in.Key(), in)
	case dialect.Cancel:
		d.Shows(d.moment(), model.NewKey(it.App, it.ID), nil)
	}
}

func (d *desk) wants(t sides.Target, want, when string) {
	d.t.Helper()
	if got := d.told(t); got != want {
		d.t.Errorf("%s: %d is told %q, want %q", when, t, got, want)
	}
}

// at returns what the client of an instance says, changed then.
func at(id string, stamp int64) *dialect.Info {
	c := &client{key: model.NewKey("APP", id), host: "10.0.0.1", stamp: stamp}
	return c.info()
}

func many(n int) (infos []*dialect.Info) {
	for i := range n {
		infos = append(infos, at(fmt.Sprintf("i-%02d", i), 5))
	}
	return infos
}

// native has Heureka show what a client of its own said.
func (d *desk) native(info *dialect.Info) { d.Shows(d.moment(), keyOf(info), info.Instance()) }

// TestWhoHasIt takes an instance that both sides know.
func TestWhoHasIt(t *testing.T) {
	for _, test := range []struct {
		rule         string
		do           func(*desk)
		heureka, old string // what each is told in the end
	}{
		{"what only the old cluster has is mirrored", func(d *desk) { d.page(at("i", 5)) }, "Register i", ""},
		{"what only Heureka has is told", func(d *desk) { d.native(at("i", 5)) }, "", "Register i"},
		{"a client that comes to Heureka is its own at once", func(d *desk) { d.page(at("i", 5)); d.told(0); d.native(at("i", 6)) }, "", "Register i"},
		{"also with a clock that was set back, but its old word stays", func(d *desk) { d.page(at("i", 5)); d.told(0); d.native(at("i", 4)) }, "", ""},
		{"and then for good", func(d *desk) {
			d.page(at("i", 5))
			d.told(0)
			d.native(at("i", 4))
			d.pass(0, nil)
			d.pass(time.Hour, nil)
		}, "", "Register i"},
		{"one that goes back is the old cluster's", func(d *desk) { d.native(at("i", 5)); d.told(1); d.now += d.cfg.Settle; d.page(at("i", 6)) }, "Register i", ""},
		{"two words at one time are Heureka's", func(d *desk) { d.native(at("i", 5)); d.page(at("i", 5)) }, "", "Register i"},
		{"a bridge that finds the newer one in the old cluster believes it", func(d *desk) { d.native(at("i", 5)); d.page(at("i", 6)) }, "Register i", ""},
		{"what comes from another Heureka isn't mirrored", func(d *desk) { d.page(marked(at("i", 5), "another")) }, "", ""},
		{"nor what comes from this one", func(d *desk) { d.page(marked(at("i", 5), "heureka")) }, "", ""},
		{"what Heureka has from elsewhere isn't told", func(d *desk) { d.showsItem(&dialect.Item{Action: dialect.Register, Info: at("i", 5)}) }, "", ""},
		{"what is newer in Heureka, by another bridge, is left", func(d *desk) {
			d.showsItem(&dialect.Item{Action: dialect.Register, Info: at("i", 6)})
			d.page(at("i", 5))
		}, "", ""},
	} {
		d := newDesk(t, nil)
		d.page()
		d.Level(d.moment(), true)
		test.do(d)
		d.Level(d.moment(), true)
		if got := d.told(0); withoutHeartbeats(got) != test.heureka {
			t.Errorf("%s: Heureka is told %q, want %q", test.rule, got, test.heureka)
		}
		if got := d.told(1); withoutHeartbeats(got) != test.old {
			t.Errorf("%s: the old cluster is told %q, want %q", test.rule, got, test.old)
		}
	}
}

func withoutHeartbeats(said string) string {
	words := slices.DeleteFunc(strings.Split(said, ", "), func(w string) bool { return strings.HasPrefix(w, dialect.Heartbeat) })
	return strings.Join(words, ", ")
}

func marked(info *dialect.Info, name string) *dialect.Info {
	info.Metadata = append(info.Metadata, dialect.Pair{Key: dialect.KeyOrigin, Value: name})
	return info
}

// TestAServerThatStartsEmptyEmptiesNothing takes a server that has forgotten much, and
// what it is believed after.
func TestAServerThatStartsEmptyEmptiesNothing(t *testing.T) {
	d := newDesk(t, nil)
	all := many(40)
	d.page(all...)
	d.told(0)
	d.pass(time.Second, nil)
	d.pass(d.cfg.Patience-time.Second, nil)
	if st := d.Stats(); !st.Shrunk || st.Missing != 40 {
		t.Errorf("without a page it is %+v", st)
	}
	d.pass(0, all)
	if got := withoutHeartbeats(d.told(0)); got != "" || d.Stats().Shrunk {
		t.Errorf("when they are back, it is told %q", got)
	}
	d.pass(time.Second, all[:38])
	d.pass(d.cfg.Absent-time.Second, all[:38])
	if got := withoutHeartbeats(d.told(0)); got != "" {
		t.Errorf("of a few that are missing it is told %q at once", got)
	}
	d.pass(time.Second, all[:38])
	d.wants(0, "Cancel i-38, Cancel i-39", "a while later")
	d.pass(time.Second, nil)
	d.pass(d.cfg.Patience+time.Second, nil)
	if got := d.told(0); strings.Count(got, dialect.Cancel) != 38 {
		t.Errorf("when patience ends, it is told %q", got)
	}
}

// TestWhatAServerSaysIsBelieved: that an instance was taken out.
func TestWhatAServerSaysIsBelieved(t *testing.T) {
	d := newDesk(t, nil)
	d.page(many(2)...)
	d.told(0)
	gone := at("i-01", 5)
	gone.Action = dialect.Deleted
	delta := document(gone)
	delta.Hash = "UP_1_"
	if !d.Delta(d.moment(), d.now, delta) {
		t.Error("it doesn't add up")
	}
	d.wants(0, "Cancel i-01", "taken out")
	if delta.Hash = "UP_2_"; d.Delta(d.moment(), d.now, delta) {
		t.Error("a wrong sum adds up")
	}
}

// TestPagesMayBeOld holds that what was passed on counts against them.
func TestPagesMayBeOld(t *testing.T) {
	d := newDesk(t, nil)
	d.page()
	item := dialect.Item{Action: dialect.Register, App: "APP", ID: "i", Info: at("i", 5), LastDirtyMs: 5}
	d.Batch(d.moment(), []dialect.Item{item})
	d.wants(0, "Register i", "passed on")
	d.pass(d.cfg.Settle-time.Second, nil)
	d.wants(0, "", "while pages are older")
	if d.Stats().Missing != 0 {
		t.Error("it is missing already")
	}
	d.now += time.Second
	d.Batch(d.moment(), []dialect.Item{{Action: dialect.Cancel, App: "APP", ID: "i"}})
	d.wants(0, "Cancel i", "taken out")
	d.pass(time.Second, []*dialect.Info{at("i", 5)})
	d.wants(0, "", "while pages still have it")
	asked := d.now
	d.now += d.cfg.Settle
	d.Page(d.moment(), asked, document(at("i", 5)))
	d.wants(0, "", "when a page comes late")
	d.pass(d.cfg.Settle, []*dialect.Info{at("i", 5)})
	d.wants(0, "", "when they go on having it, which may be one that is kept")
	if key, ok := d.Asks(); !ok || key.ID != "i" {
		t.Error("it isn't asked for")
	}
	d.Asked(d.moment(), at("i", 5).Instance().Key(), at("i", 5), true)
	d.wants(0, "Register i", "when it is there")
}

// TestTheOldClusterIsAskedFirst, before it is told that an instance has gone.
func TestTheOldClusterIsAskedFirst(t *testing.T) {
	for _, test := range []struct {
		rule string
		has  *dialect.Info
		want string
	}{
		{"it has our copy", marked(at("i", 5), "heureka"), "Cancel i"},
		{"it has none any more", nil, "Cancel i"},
		{"its client has gone back there", at("i", 6), ""},
		{"another Heureka's has come", marked(at("i", 6), "another"), ""},
	} {
		d := newDesk(t, nil)
		d.page()
		d.native(at("i", 5))
		d.Level(d.moment(), true)
		d.wants(1, "Register i", test.rule)
		d.Shows(d.moment(), keyOf(at("i", 5)), nil)
		d.wants(1, "", test.rule+", before the answer")
		key, ok := d.Asks()
		if !ok {
			t.Fatalf("%s: nobody is asked", test.rule)
		}
		d.Asked(d.moment(), key, test.has, true)
		d.wants(1, test.want, test.rule)
	}
}

// TestWhoDoesntAnswerIsAskedOnceASweep, not without a pause.
func TestWhoDoesntAnswerIsAskedOnceASweep(t *testing.T) {
	d := newDesk(t, nil)
	d.page()
	d.native(at("i", 5))
	d.Level(d.moment(), true)
	d.told(1)
	d.Shows(d.moment(), keyOf(at("i", 5)), nil)
	d.wants(1, "", "before it is asked for")
	for range 3 {
		if n := d.Stats().Asking; n != 1 {
			t.Errorf("%d are to be asked for", n)
		}
		key, ok := d.Asks()
		if !ok {
			t.Fatal("nobody is asked")
		}
		d.Asked(d.moment(), key, nil, false)
		d.wants(1, "", "without an answer")
		if _, again := d.Asks(); again {
			t.Fatal("it is asked for again at once")
		}
		d.now += time.Second
		d.Sweep(d.moment())
	}
}

// TestMuchThatGoesFromHeurekaMayComeBack: a cluster that starts anew.
func TestMuchThatGoesFromHeurekaMayComeBack(t *testing.T) {
	d := newDesk(t, nil)
	d.page()
	d.Level(d.moment(), true)
	for _, info := range many(20) {
		d.native(info)
	}
	d.told(1)
	for _, info := range many(20) {
		d.Shows(d.moment(), keyOf(info), nil)
	}
	d.Sweep(d.moment())
	for _, now := range []time.Duration{0, d.cfg.Absent - time.Second} {
		d.now += now
		d.Sweep(d.moment())
		d.wants(1, "", "too much has gone")
		if _, asked := d.Asks(); asked || !d.Stats().Emptied {
			t.Fatalf("after %v it is believed", now)
		}
	}
	d.now += time.Second
	d.Sweep(d.moment())
	if _, asked := d.Asks(); !asked {
		t.Error("it is never believed")
	}
}

// TestMuchThatGoesIsNotBelievedBeforeItIsSwept: the old cluster answers within the second.
func TestMuchThatGoesIsNotBelievedBeforeItIsSwept(t *testing.T) {
	d := newDesk(t, nil)
	d.page()
	d.Level(d.moment(), true)
	for _, info := range many(40) {
		d.native(info)
	}
	d.told(1)
	d.now += time.Second
	d.Sweep(d.moment())
	d.told(1)
	for _, info := range many(40) {
		d.Shows(d.moment(), keyOf(info), nil)
	}
	d.told(1)
	for {
		key, asked := d.Asks()
		if !asked {
			break
		}
		d.Asked(d.moment(), key, marked(at(key.ID, 5), d.cfg.Name), true)
	}
	d.wants(1, "", "what has gone in a mass")
	for range 10 {
		d.now += time.Second
		d.Sweep(d.moment())
		d.wants(1, "", "what has gone in a mass, later")
	}
}

// TestOneWay tells the old cluster nothing.
func TestOneWay(t *testing.T) {
	d := newDesk(t, func(c *sides.Config) { c.BothWays = false })
	d.page(at("i", 5))
	d.Level(d.moment(), true)
	d.native(at("ours", 5))
	d.wants(0, "Register i", "one way")
	d.wants(1, "", "one way")
	in := at("i", 5).Instance()
	in.Eureka1 = map[string]string{"origin": "peer"}
	d.Shows(d.moment(), in.Key(), in.Overridden(model.StatusDown))
	d.wants(1, "", "overridden")
	d.pass(d.cfg.Settle, []*dialect.Info{at("i", 5)})
	if got := withoutHeartbeats(d.told(0)); got != "" {
		t.Errorf("an override of Heureka's ends by %q", got)
	}
}

// TestHeartbeatsEndWithPatience: what nobody has heard of for long isn't kept.
func TestHeartbeatsEndWithPatience(t *testing.T) {
	d := newDesk(t, nil)
	d.page(at("i", 5))
	d.told(0)
	for range 8 {
		d.now += d.cfg.Keep / 3
		d.Sweep(d.moment())
		d.wants(0, "Heartbeat i", "while the old cluster can't be reached")
	}
	d.now += d.cfg.Patience
	d.Sweep(d.moment())
	d.wants(0, "", "too long")
}

// TestWhatWasNotAnsweredIsSaidAgain and what can't be accepted isn't.
func TestWhatWasNotAnsweredIsSaidAgain(t *testing.T) {
	d := newDesk(t, func(c *sides.Config) { c.MaxInstances = 2 })
	d.page(many(3)...)
	if d.Stats().LeftOut != 1 {
		t.Error("there is no limit")
	}
	if got := len(d.Due(d.moment(), 0, 250)); got != 2 {
		t.Fatalf("%d are due", got)
	}
	d.Failed(0)
	if got := len(d.Due(d.moment(), 0, 250)); got != 2 {
		t.Fatalf("%d are due again", got)
	}
	d.Told(d.moment(), 0, []dialect.Answer{{Code: 400}, {Code: 503}})
	d.Sweep(d.moment())
	if got := d.told(0); strings.Count(got, dialect.Register) != 1 {
		t.Errorf("said again are %q", got)
	}
}
