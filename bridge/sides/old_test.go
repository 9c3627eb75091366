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

	page, delta answer
	behind      time.Duration // of its clock
}

// answer is what a server has made, and shows for a while.
type answer struct {
	*dialect.Applications
	made, keeps time.Duration
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
	return &oldServer{w: w, held: make(map[model.Key]*lease), overrides: make(map[string]model.Status), recent: make(map[model.Key]change), behind: time.Duration(w.rand.IntN(100)) * time.Second}
}

func (o *oldServer) note(info dialect.Info, action dialect.Action) {
	info.Action, info.LastUpdatedMs = action, o.clock()
	o.recent[keyOf(&info)] = change{info, o.w.now}
	if l := o.held[keyOf(&info)]; l != nil {
		l.info.LastUpdatedMs = info.LastUpdatedMs
	}
}

func (o *oldServer) clock() int64 { return o.w.moment().Wall/1000 - o.behind.Milliseconds() }

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

// everything returns what the server shows of all, and changes what has changed. It
// keeps each for half a minute, for itself, and at times, when something changed while
// it was made, for three.
func (o *oldServer) everything() *dialect.Applications {
	return o.keep(&o.page, func(apps *dialect.Applications) {
		for _, key := range sorted(o.held) {
			apps.List = append(apps.List, dialect.Application{Name: key.App, Instances: []dialect.Info{o.held[key].info}})
		}
	})
}

func (o *oldServer) changes() *dialect.Applications {
	return o.keep(&o.delta, func(apps *dialect.Applications) {
		for _, key := range sorted(o.recent) {
			if c := o.recent[key]; o.w.now-c.at < 180*time.Second {
				apps.List = append(apps.List, dialect.Application{Name: key.App, Instances: []dialect.Info{c.info}})
			} else {
				delete(o.recent, key)
			}
		}
	})
}

func (o *oldServer) keep(a *answer, fill func(*dialect.Applications)) *dialect.Applications {
	if a.Applications != nil && o.w.now-a.made < a.keeps {
		return a.Applications
	}
	*a = answer{new(dialect.Applications), o.w.now, 30 * time.Second}
	if !o.w.brisk && o.w.rand.IntN(10) == 0 {
		a.keeps = 3 * time.Minute
	}
	var census dialect.Census
	for _, l := range o.held {
		census.Add(l.info.Status, 1)
	}
	a.Hash = census.String()
	fill(a.Applications)
	return a.Applications
}

func (o *oldServer) evict() {
	for _, key := range sorted(o.held) {
		if l := o.held[key]; o.w.now > l.expires {
			o.cancel(key)
		}
	}
}

// restart forgets everything.
func (o *oldServer) restart() {
	*o = *newOldServer(o.w)
	o.astray()
}

// astray sets the server's clock, where clocks differ by hours.
func (o *oldServer) astray() {
	if o.w.astray {
		o.behind = time.Duration(o.w.rand.IntN(12)-6) * time.Hour
	}
}

func sorted[V any](m map[model.Key]V) []model.Key {
	return slices.SortedFunc(maps.Keys(m), model.Key.Compare)
}
