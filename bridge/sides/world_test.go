package sides_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// world is an old cluster, a Heureka, bridges between them and clients, in one
// goroutine and virtual time, a second at a time.
type world struct {
	t       *testing.T
	rand    *rand.Rand
	cfg     sides.Config
	now     time.Duration
	old     []*oldServer
	down    []bool // by old server: it can't be reached
	heureka *heureka
	bridges []*bridged
	joined  bool // the old servers pass on to the bridges
	tardy   bool // these batches come late, and in any order
	posts   []post
	slow    bool // what bridges ask for, and are shown, takes seconds to come
	calm    bool // no server fails
	brisk   bool // no server keeps a page for longer than half a minute
	astray  bool // clocks differ by hours
	weary   bool // some of what bridges say isn't done, and some answers are lost
	clients []*client
	told    int      // items that aren't heartbeats
	log     []string // what happened last
}

// client is a process that registers itself.
type client struct {
	key   model.Key
	home  place
	alive bool
	stamp int64
	host  string
	skew  int64
	beat  time.Duration
}

type place int

const (
	atOld place = iota
	atHeureka
)

func newWorld(t *testing.T, seed uint64, servers, bridges int) *world {
	w := &world{t: t, rand: rand.New(rand.NewPCG(seed, 1)), cfg: sides.DefaultConfig(), now: time.Second}
	w.cfg.BothWays, w.cfg.Keep, w.cfg.Patience = true, 2*time.Minute, 5*time.Minute
	for range servers {
		w.old = append(w.old, newOldServer(w))
	}
	w.down = make([]bool, servers)
	w.heureka = newHeureka(w)
	for range bridges {
		w.bridges = append(w.bridges, nil)
		w.startBridge(len(w.bridges) - 1)
	}
	return w
}

func (w *world) moment() model.Moment {
	return model.Moment{Mono: w.now, Wall: int64((1_700_000_000*time.Second + w.now) / time.Microsecond)}
}

func (w *world) notef(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("%v ", w.now)+fmt.Sprintf(format, args...))
}

// start has a client register, at a home.
func (w *world) start(c *client, home place) {
	c.home, c.alive = home, true
	w.register(c)
	w.notef("%s starts at %d with %d", c.key, home, c.stamp)
}

func (w *world) register(c *client) {
	c.stamp = max(w.moment().Wall/1000+c.skew, c.stamp+1)
	c.beat = w.now
	w.say(c, dialect.Item{Action: dialect.Register, App: c.key.App, ID: c.key.ID, LastDirtyMs: c.stamp, Info: c.info()})
}

func (c *client) info() *dialect.Info {
	return &dialect.Info{
		InstanceID: c.key.ID, App: c.key.App, HostName: c.host, IPAddr: c.host, Status: model.StatusUp, Overridden: model.StatusUnknown,
		Port: dialect.Port{Number: 80, Enabled: true}, SecurePort: dialect.Port{Number: 443}, CountryID: 1,
		DataCenter: dialect.DataCenter{Given: true, Name: dialect.MyOwn}, VIP: "v", LastDirtyMs: c.stamp,
		Lease: dialect.Lease{RenewalSecs: 30, DurationSecs: 90},
	}
}

// say has a client say something at its home.
func (w *world) say(c *client, it dialect.Item) int {
	if c.home == atHeureka {
		return w.heureka.say(&it, false).Code
	}
	return w.sayOld(it)
}

// sayOld says something to the first old server that is up, which passes it on.
func (w *world) sayOld(it dialect.Item) int {
	at := slices.Index(w.down, false)
	if at < 0 {
		return 503
	}
	code := w.old[at].say(&it, false).Code
	if code != 200 {
		return code
	}
	for i, other := range w.old {
		if i != at && !w.down[i] {
			w.pass(at, it, func(it *dialect.Item) int { return other.say(it, true).Code })
		}
	}
	for i, b := range w.bridges {
		switch {
		case !w.joined, b.cutOld:
		case w.tardy && it.Action != dialect.Heartbeat && w.rand.IntN(2) == 0:
			w.posts = append(w.posts, post{w.now + time.Duration(w.rand.IntN(40))*time.Second, i, it})
		default:
			w.pass(at, it, b.batch(w))
		}
	}
	return code
}

// pass passes an item on; who doesn't know the instance of a heartbeat is told of it.
func (w *world) pass(at int, it dialect.Item, say func(*dialect.Item) int) {
	l := w.old[at].held[model.NewKey(it.App, it.ID)]
	if code := say(&it); it.Action == dialect.Heartbeat && code == 404 && l != nil {
		info := l.info
		say(&dialect.Item{Action: dialect.Register, App: it.App, ID: it.ID, LastDirtyMs: info.LastDirtyMs, Info: &info})
	}
}

// stop ends a client, with a word or without.
func (w *world) stop(c *client, graceful bool) {
	if c.alive = false; graceful {
		w.say(c, dialect.Item{Action: dialect.Cancel, App: c.key.App, ID: c.key.ID})
	}
	w.notef("%s stops, graceful %v", c.key, graceful)
}

// override has an operator put a status over a client's, or end that, where it lives.
func (w *world) override(c *client, at place, status model.Status) {
	it := dialect.Item{Action: dialect.StatusUpdate, App: c.key.App, ID: c.key.ID, LastDirtyMs: c.stamp, Status: status}
	if status == "" {
		it.Action, it.Status = dialect.DeleteStatusOverride, model.StatusUp
	}
	if at == atHeureka {
		w.heureka.say(&it, false)
	} else {
		w.sayOld(it)
	}
	w.notef("%s overridden %q at %d", c.key, status, at)
}

// run lets time pass.
func (w *world) run(d time.Duration) {
	for end := w.now + d; w.now < end; {
		w.step()
	}
}

func (w *world) step() {
	w.now += time.Second
	for _, c := range w.clients {
		if c.alive && w.now-c.beat >= 30*time.Second {
			c.beat = w.now
			if w.say(c, dialect.Item{Action: dialect.Heartbeat, App: c.key.App, ID: c.key.ID, LastDirtyMs: c.stamp}) == 404 {
				w.register(c)
				w.notef("%s registers again at %d with %d", c.key, c.home, c.stamp)
			}
		}
	}
	w.deliver()
	w.heureka.evict()
	if w.now%(60*time.Second) == 0 {
		for _, o := range w.old {
			o.evict()
		}
	}
	for _, b := range w.bridges {
		w.bridge(b)
	}
}

func (w *world) tail() string {
	out := ""
	for _, line := range w.log[max(0, len(w.log)-60):] {
		out += "\n\t" + line
	}
	return out
}
