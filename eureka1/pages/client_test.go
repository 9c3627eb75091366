package pages

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"heureka/model"
)

// client does with documents what Netflix's DiscoveryClient does (its methods
// updateDelta and getAndUpdateDelta), its traps included.
type client struct {
	apps map[string]*application
}

type application struct {
	Name     string
	Instance []instance
}

type instance struct {
	InstanceID, Status, ActionType, HomePageURL string
}

type applications struct {
	Hash        string `json:"apps__hashcode"`
	Application []*application
}

func decode(t *testing.T, b Body) applications {
	t.Helper()
	var root struct{ Applications *applications }
	if err := json.Unmarshal([]byte(text(b)), &root); err != nil {
		t.Fatal(err)
	}
	return *root.Applications
}

func (c *client) fetch(all applications) {
	c.apps = map[string]*application{}
	for _, app := range all.Application {
		c.apps[app.Name] = app
	}
}

// apply follows a delta and reports whether the hash codes agree.
func (c *client) apply(delta applications) bool {
	for _, app := range delta.Application {
		for _, in := range slices.Clone(app.Instance) {
			known := c.apps[app.Name]
			switch in.ActionType {
			case "ADDED", "MODIFIED":
				if known == nil {
					known = app // all of it, with the instances that are gone
					c.apps[app.Name] = known
				}
				known.drop(in)
				known.Instance = append(known.Instance, in)
			case "DELETED":
				if known == nil {
					continue
				}
				if known.drop(in); len(known.Instance) == 0 {
					delete(c.apps, app.Name)
				}
			}
		}
	}
	return c.hashCode() == delta.Hash
}

func (a *application) drop(in instance) {
	a.Instance = slices.DeleteFunc(slices.Clone(a.Instance), func(i instance) bool { return i.InstanceID == in.InstanceID })
}

func (c *client) hashCode() string {
	by := map[string]int{}
	for _, app := range c.apps {
		for _, in := range app.Instance {
			by[in.Status]++
		}
	}
	text := ""
	for _, status := range slices.Sorted(maps.Keys(by)) {
		text += fmt.Sprintf("%s_%d_", status, by[status])
	}
	return text
}

// holds returns what the client holds, as key, status and URL.
func (c *client) holds() []string {
	var out []string
	for _, app := range c.apps {
		for _, in := range app.Instance {
			out = append(out, app.Name+"/"+in.InstanceID+" "+in.Status+" "+in.HomePageURL)
		}
	}
	slices.Sort(out)
	return out
}

// TestClientsThatPollHoldWhatIsShown lets clients fetch everything once, at some
// time, and then poll the delta at their own pace within the window. At every poll,
// whatever happened meanwhile, each holds what the view shows, and the hash codes
// agree.
func TestClientsThatPollHoldWhatIsShown(t *testing.T) {
	for seed := range uint64(4) {
		config := Config{Window: time.Second, Sweep: time.Duration(seed%2) * 300 * time.Millisecond,
			MaxChanged: 10_000, SegmentBytes: 8000}
		pages, source := newPages(t, config), newSource(seed, 6)
		all, delta := NewSheet(Apps, jsonDialect{}), NewSheet(Delta, jsonDialect{})
		clients := make([]client, 5)
		polled := make([]time.Duration, len(clients))
		var now time.Duration
		for step := range 300 {
			now += time.Duration(source.random.IntN(30)) * time.Millisecond
			var changes []model.Change
			for range source.random.IntN(5) {
				changes = append(changes, source.change())
			}
			pages.Apply(changes, now)
			snapshot := pages.Snapshot()
			for i := range clients {
				c := &clients[i]
				switch {
				case c.apps == nil && source.random.IntN(20) == 0:
					all.Update(snapshot)
					c.fetch(decode(t, all.Plain()))
				case c.apps == nil:
					continue
				case now-polled[i] < time.Duration(i)*200*time.Millisecond && source.random.IntN(30) > 0:
					continue
				default:
					delta.Update(snapshot)
					if !c.apply(decode(t, delta.Plain())) {
						t.Fatalf("seed %d, step %d, client %d: has %s, told %s", seed, step, i, c.hashCode(), snapshot.HashCode())
					}
				}
				polled[i] = now
				if got, want := c.holds(), source.holds(); !slices.Equal(got, want) {
					t.Fatalf("seed %d, step %d, client %d holds\n%s\nwant\n%s", seed, step, i, got, want)
				}
			}
		}
	}
}

func (s *source) holds() []string {
	var out []string
	for _, in := range s.shown {
		out = append(out, fmt.Sprint(in.App, "/", in.ID, " ", in.Status, " ", in.HomePageURL))
	}
	slices.Sort(out)
	return out
}

// TestANewNodesDeltaShowsWhatAClientHoldsTooMuch: a client comes from another node,
// and instances went before this one started, which its delta can't say.
func TestANewNodesDeltaShowsWhatAClientHoldsTooMuch(t *testing.T) {
	up := func(id string) model.Change {
		in := &model.Instance{App: "A", ID: id, Status: model.StatusUp}
		return model.Change{Kind: model.Put, Key: in.Key(), After: model.Pack(in)}
	}
	elsewhere, here := newPages(t, DefaultConfig()), newPages(t, DefaultConfig())
	elsewhere.Apply([]model.Change{up("gone"), up("stays")}, 0)
	here.Apply([]model.Change{up("stays"), up("instead")}, 0) // as many, all UP
	all, delta := NewSheet(Apps, jsonDialect{}), NewSheet(Delta, jsonDialect{})
	all.Update(elsewhere.Snapshot())
	delta.Update(here.Snapshot())
	var c client
	c.fetch(decode(t, all.Plain()))
	if c.apply(decode(t, delta.Plain())) {
		t.Errorf("the client holds %v and believes it", c.holds())
	}
}
