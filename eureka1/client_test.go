package eureka1

import (
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"heureka/eureka1/dialect"
	"heureka/eureka1/pages"
	"heureka/model"
)

// forms are those of documents; a client that polls has one of the first four.
var forms = dialect.Forms()

// client is a connection, over which one request is made after the other. Some poll, as
// Netflix's DiscoveryClient does (its methods updateDelta and getAndUpdateDelta).
type client struct {
	w    *world
	busy atomic.Bool
	seen int // the moment that it has been shown of apps or apps/delta

	form    dialect.Form
	gzip    bool
	holds   map[string]map[string]*dialect.Info // by application and id; nil: it hasn't fetched yet
	polled  time.Duration                       // when it was right last
	reloads int                                 // see twin, likewise
}

// ask makes a request and has the answer judged.
func (c *client) ask(wish wish) (*answer, []int) {
	kept := wish.op == opApps || wish.op == opDelta
	floor := 0
	if kept {
		floor = c.seen
	}
	a := c.w.send(wish, floor)
	c.w.notef("%s, answered %d with %d bytes from %v on, gone %v", a, a.code, len(a.text), a.made, a.gone)
	if wish.op.writes() {
		return a, nil
	}
	fits := c.w.judge(a)
	if kept && len(fits) > 0 {
		c.seen = fits[0]
	}
	return a, fits
}

// write says something. Once that is acknowledged, it is in what anybody asks for.
func (c *client) write(wish wish) {
	a, _ := c.ask(wish)
	if dot, ok := dotOf(a.done); ok {
		c.w.tell(c.w.momentOf(dot))
	}
	if e := c.w.elsewhere; e != nil {
		switch moment, is := e.acknowledged(wish.mark); {
		case is:
			c.w.tell(moment)
		case a.code < 300 && !a.gone && a.made-a.began < c.w.h.config.Merge:
			c.w.failf("%s: answered %d after %v, before it is shown", a, a.code, a.made-a.began)
		}
	}
	if a.code == http.StatusServiceUnavailable && a.made-a.began < c.w.h.config.Timeout {
		c.w.failf("%s: 503 at once", a)
	}
}

// tell notes that somebody was told that what is shown since some moment is done.
func (w *world) tell(moment int) {
	for old := w.told.Load(); old < int64(moment) && !w.told.CompareAndSwap(old, int64(moment)); old = w.told.Load() {
	}
}

// poll fetches the delta and applies it, or everything if that doesn't do.
func (c *client) poll() {
	if c.holds == nil {
		c.fetch()
		return
	}
	a, fits := c.ask(wish{op: opDelta, form: c.form, gzip: c.gzip})
	if fits == nil {
		return
	}
	delta, _ := c.w.read(a) // as the judge did
	c.apply(delta)
	switch late := a.made-c.polled+c.w.age >= pages.DefaultConfig().Window; {
	case c.hash() != delta.Hash && !late && a.reloads == c.reloads:
		c.w.failf("%s: comes to %s after what was fetched at %v, and is told %s", a, c.hash(), c.polled, delta.Hash)
	case c.hash() == delta.Hash && !late:
		c.compare(a, fits)
		c.polled, c.reloads = a.made, a.reloads
		return
	}
	c.fetch() // also if it slept for too long, which Java's clients don't notice
}

// fetch fetches everything.
func (c *client) fetch() {
	c.holds = nil
	a, fits := c.ask(wish{op: opApps, form: c.form, gzip: c.gzip})
	if fits == nil {
		return
	}
	c.holds = map[string]map[string]*dialect.Info{}
	all, _ := c.w.read(a) // as the judge did
	for key, info := range all.infos {
		if c.holds[key.App] == nil {
			c.holds[key.App] = map[string]*dialect.Info{}
		}
		c.holds[key.App][key.ID] = info
	}
	if c.hash() != all.Hash {
		c.w.failf("%s: lists %s and says %s", a, c.hash(), all.Hash)
	}
	c.polled, c.reloads = a.made, a.reloads
	c.compare(a, fits)
}

// apply follows a delta, with the traps of Java's client: it takes over the whole of an
// application that it doesn't know, rows of the gone included.
func (c *client) apply(delta *said) {
	for _, app := range delta.List {
		for i := range app.Instances {
			info := &app.Instances[i]
			if info.Action == dialect.Deleted {
				if delete(c.holds[app.Name], info.InstanceID); len(c.holds[app.Name]) == 0 {
					delete(c.holds, app.Name)
				}
				continue
			}
			if c.holds[app.Name] == nil {
				c.holds[app.Name] = map[string]*dialect.Info{}
				for j := range app.Instances {
					c.holds[app.Name][app.Instances[j].InstanceID] = &app.Instances[j]
				}
			}
			c.holds[app.Name][info.InstanceID] = info
		}
	}
}

func (c *client) hash() string {
	by := map[model.Status]int{}
	for _, app := range c.holds {
		for _, info := range app {
			by[info.Status]++
		}
	}
	return hashOf(by)
}

// compare holds that the client has what was shown at one of some moments.
func (c *client) compare(a *answer, fits []int) {
	var got []string
	for _, app := range c.holds {
		for _, info := range app {
			got = append(got, words(c.form, info, info.Action))
		}
	}
	slices.Sort(got)
	c.w.twin.mu.Lock()
	defer c.w.twin.mu.Unlock()
	var want []string
	for _, k := range fits {
		want = want[:0]
		for at := range maps.Values(c.w.twin.moments[k].shown) {
			want = append(want, words(c.form, &at.info, at.info.Action))
		}
		if slices.Sort(want); slices.Equal(got, want) {
			return
		}
	}
	c.w.failf("%s: then holds\n%q\ninstead of\n%q", a, got, want)
}
