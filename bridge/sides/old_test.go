package sides_test

import (
	"maps"
	"slices"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// oldServer is a Eureka 1 server as far as a bridge meets it, by the reference's rules.
type oldServer struct {
	w         *world
	held      map[model.Key]*lease
	overrides map[string]model.Status // by id alone
	recent    map[model.Key]change

	cached      time.Duration // when pages were made
	keeps       time.Duration // for how long these are shown
	page, delta *dialect.Applications
}

type lease struct {
	info    dialect.Info
	expires time.Duration
}

type change struct {
	info dialect.Info
	at   time.Duration
}

func newOldServer(w *world) *oldServer {
	return &oldServer{w: w, held: make(map[model.Key]*lease), overrides: make(map[string]model.Status), recent: make(map[model.Key]change), cached: -time.Hour}
}

func (o *oldServer) note(info dialect.Info, action dialect.Action) {
	info.Action = action
	o.recent[keyOf(&info)] = change{info, o.w.now}
}

func keyOf(info *dialect.Info) model.Key { return model.NewKey(info.App, info.EffectiveID()) }

func (l *lease) duration() time.Duration {
	return time.Duration(l.info.Lease.DurationSecs) * time.Second
}

func (o *oldServer) register(info dialect.Info, replicated bool) {
	key := keyOf(&info)
	before := o.held[key]
	lease := &lease{info: info}
	lease.expires = o.w.now + lease.duration()
	if before != nil && before.info.LastDirtyMs > info.LastDirtyMs {
		lease.info = before.info
	}
	if info.Overridden != model.StatusUnknown && o.overrides[key.ID] == "" {
		o.overrides[key.ID] = info.Overridden
	}
	o.held[key] = lease
	in := &lease.info
	stored := o.overrides[key.ID]
	if stored != "" {
		in.Overridden = stored
	}
	in.Status = o.status(in.Status, stored, before, replicated)
	o.note(*in, dialect.Added)
}

// status is the reference's chain of rules.
func (o *oldServer) status(said, stored model.Status, before *lease, replicated bool) model.Status {
	available := func(s model.Status) bool { return s == model.StatusUp || s == model.StatusOutOfService }
	switch {
	case !available(said):
		return said
	case stored != "":
		return stored
	case !replicated && before != nil && available(before.info.Status):
		return before.info.Status
	default:
		return said
	}
}

func (o *oldServer) heartbeat(key model.Key, stamp int64, replicated bool) (int, *dialect.Info) {
	l := o.held[key]
	if l == nil || l.info.Status == model.StatusUnknown {
		return 404, nil
	}
	l.expires = o.w.now + 2*l.duration()
	switch {
	case stamp > l.info.LastDirtyMs:
		return 404, nil
	case stamp != 0 && stamp < l.info.LastDirtyMs && replicated:
		info := l.info
		return 409, &info
	default:
		return 200, nil
	}
}

func (o *oldServer) cancel(key model.Key) int {
	l := o.held[key]
	delete(o.overrides, key.ID)
	if l == nil {
		return 404
	}
	delete(o.held, key)
	o.note(l.info, dialect.Deleted)
	return 200
}

func (o *oldServer) override(key model.Key, status model.Status) int {
	l := o.held[key]
	if l == nil {
		return 404
	}
	if l.info.Status == status {
		return 200
	}
	o.overrides[key.ID] = status
	l.info.Status, l.info.Overridden = status, status
	o.note(l.info, dialect.Modified)
	return 200
}

func (o *oldServer) clear(key model.Key, status model.Status) int {
	l := o.held[key]
	if l == nil {
		return 404
	}
	if _, there := o.overrides[key.ID]; !there {
		return 200
	}
	delete(o.overrides, key.ID)
	l.info.Overridden, l.info.Status = model.StatusUnknown, status
	if status == "" {
		l.info.Status = model.StatusUnknown
	}
	o.note(l.info, dialect.Modified)
	return 200
}

// say does what an item says and answers it.
func (o *oldServer) say(it *dialect.Item, replicated bool) dialect.Answer {
	key := model.NewKey(it.App, it.ID)
	switch it.Action {
	case dialect.Register:
		o.register(*it.Info, replicated)
		return dialect.Answer{Code: 200}
	case dialect.Heartbeat:
		code, info := o.heartbeat(key, it.LastDirtyMs, replicated)
		return dialect.Answer{Code: code, Info: info}
	case dialect.Cancel:
		return dialect.Answer{Code: o.cancel(key)}
	case dialect.StatusUpdate:
		return dialect.Answer{Code: o.override(key, it.Status)}
	default:
		return dialect.Answer{Code: o.clear(key, it.Status)}
	}
}

// pages returns what the server shows, which it keeps for half a minute, and at times,
// when something changed while it was made, for three.
func (o *oldServer) pages() (page, delta *dialect.Applications) {
	if o.w.now-o.cached < o.keeps {
		return o.page, o.delta
	}
	o.cached, o.keeps = o.w.now, 30*time.Second
	if o.w.rand.IntN(10) == 0 {
		o.keeps = 3 * time.Minute
	}
	var census dialect.Census
	o.page, o.delta = new(dialect.Applications), new(dialect.Applications)
	for _, key := range sorted(o.held) {
		info := o.held[key].info
		census.Add(info.Status, 1)
		o.page.List = append(o.page.List, dialect.Application{Name: key.App, Instances: []dialect.Info{info}})
	}
	for _, key := range sorted(o.recent) {
		if c := o.recent[key]; o.w.now-c.at < 180*time.Second {
			o.delta.List = append(o.delta.List, dialect.Application{Name: key.App, Instances: []dialect.Info{c.info}})
		} else {
			delete(o.recent, key)
		}
	}
	o.page.Hash, o.delta.Hash = census.String(), census.String()
	return o.page, o.delta
}

func (o *oldServer) evict() {
	for _, key := range sorted(o.held) {
		if l := o.held[key]; o.w.now > l.expires {
			o.cancel(key)
		}
	}
}

// restart forgets everything.
func (o *oldServer) restart() { *o = *newOldServer(o.w) }

func sorted[V any](m map[model.Key]V) []model.Key {
	return slices.SortedFunc(maps.Keys(m), model.Key.Compare)
}
