package registry

import (
	"iter"
	"maps"
	"slices"
	"time"

	"heureka/model"
)

// Shown is what a view shows for one key: its instance, under the override of
// its status if there is one.
type Shown struct {
	Number   uint64 // of the change that last touched it
	Version  model.Version
	Hash     uint64
	Instance *model.Instance

	entry *Entry // the instance without the override
}

// ViewConfig holds the view's patience.
type ViewConfig struct {
	// Grace is how long the eviction of a copy that was authored again, what a whole
	// answer dropped, or the late word of an earlier connection of a client stays
	// hidden: time for the owner to speak.
	Grace time.Duration
	// BehindGrace is how long at most a node that knows itself behind hides any
	// eviction.
	BehindGrace time.Duration
}

// View is the registry as subscribers see it: it turns the transitions of a map
// into changes. A change of owner without a change of content shows nothing. It
// is not safe for concurrent use.
type View struct {
	config  ViewConfig
	shown   map[model.Key]*Shown
	doubts  map[model.Key]doubt
	number  uint64
	changes []model.Change
}

// doubt is a removal, or a late word, that is not shown yet.
type doubt struct {
	since   time.Duration
	grace   time.Duration
	version model.Version // of a removal
	late    *Entry        // nil: a removal
	dot     model.Dot     // of what isn't shown; zero where a whole answer dropped what is
}

// NewView returns an empty view.
func NewView(config ViewConfig) *View {
	return &View{config: config, shown: make(map[model.Key]*Shown), doubts: make(map[model.Key]doubt)}
}

// Get returns what the view shows for a key.
func (v *View) Get(key model.Key) (Shown, bool) {
	if s := v.shown[key]; s != nil {
		return *s, true
	}
	return Shown{}, false
}

// All yields everything that is shown, in no particular order.
func (v *View) All() iter.Seq2[model.Key, Shown] {
	return func(yield func(model.Key, Shown) bool) {
		for key, s := range maps.All(v.shown) {
			if !yield(key, *s) {
				return
			}
		}
	}
}

// Len returns how many instances are shown.
func (v *View) Len() int { return len(v.shown) }

// Number returns the number of the last change.
func (v *View) Number() uint64 { return v.number }

// Doubts returns how many removals and late words are not shown yet.
func (v *View) Doubts() int { return len(v.doubts) }

// KeptBack yields the dots of the removals and late words that are not shown yet;
// the zero dot for what a whole answer dropped.
func (v *View) KeptBack() iter.Seq[model.Dot] {
	return func(yield func(model.Dot) bool) {
		for _, d := range v.doubts {
			if !yield(d.dot) {
				return
			}
		}
	}
}

// Apply follows one transition of the map, which now holds that override for the
// key; it may be a tombstone, or nil. Behind says that the node knows of something
// it hasn't merged yet.
func (v *View) Apply(t Transition, override *Entry, behind bool, now time.Duration) {
	s := v.shown[t.Key]
	switch {
	case !t.Override && t.After.Live() && s != nil && s.entry.Speaker.Outranks(t.After.Speaker):
		v.hide(t.After, now)
	case !t.Override && t.After.Live():
		delete(v.doubts, t.Key)
		v.show(t.After, override)
	case s == nil:
	case t.Override:
		v.show(s.entry, override)
	default:
		v.doubt(t, behind, now)
	}
}

// hide keeps back the late word of an earlier connection, which stood still with
// its node, or was cut off with it. The one that the client speaks through now says
// its newer word again as soon as its node hears of this one.
func (v *View) hide(late *Entry, now time.Duration) {
	d, doubted := v.doubts[late.Key]
	if !doubted {
		d = doubt{since: now}
	}
	d.grace, d.late, d.dot = v.config.Grace, late, late.Dot
	v.doubts[late.Key] = d
}

// doubt shows a removal, now or when it is beyond doubt.
func (v *View) doubt(t Transition, behind bool, now time.Duration) {
	d, doubted := v.doubts[t.Key]
	if !doubted {
		d = doubt{since: now}
	}
	d.late, d.dot = nil, model.Dot{}
	if t.After != nil {
		d.dot = t.After.Dot
	}
	switch {
	case t.After == nil:
		d.grace, d.version = v.config.Grace, t.Before.Version
	case t.After.Unregistered():
		v.remove(t.Key, t.After.Version)
		return
	case t.After.Version.Turn > 0:
		d.grace, d.version = v.config.Grace, t.After.Version
	default:
		d.version = t.After.Version
	}
	if v.due(d, behind, now) {
		v.remove(t.Key, d.version)
		return
	}
	v.doubts[t.Key] = d
}

// Settle shows the removals and late words whose time has come. Override returns
// what the map holds as the override of a key. Call it often.
func (v *View) Settle(override func(model.Key) *Entry, behind bool, now time.Duration) {
	var due []model.Key
	for key, d := range v.doubts {
		if v.due(d, behind, now) {
			due = append(due, key)
		}
	}
	slices.SortFunc(due, model.Key.Compare)
	for _, key := range due {
		d := v.doubts[key]
		if d.late == nil {
			v.remove(key, d.version)
			continue
		}
		delete(v.doubts, key)
		v.show(d.late, override(key))
	}
}

func (v *View) due(d doubt, behind bool, now time.Duration) bool {
	waited := now - d.since
	return waited >= d.grace && (!behind || waited >= v.config.BehindGrace)
}

func (v *View) show(e, override *Entry) {
	instance, version, hash := Merged(e, override)
	s := v.shown[e.Key]
	if s != nil && s.Hash == hash {
		s.entry = e
		if version.Compare(s.Version) > 0 { // a whole answer may have taken it back
			s.Version = version
		}
		return
	}
	var before *model.Instance
	if s == nil {
		s = new(Shown)
		v.shown[e.Key] = s
	} else {
		before = s.Instance
		if version.Compare(s.Version) <= 0 {
			// A whole answer took back what was shown. What is shown still moves on.
			version = s.Version
			version.Override++
		}
	}
	v.number++
	*s = Shown{Number: v.number, Version: version, Hash: hash, Instance: instance, entry: e}
	v.changes = append(v.changes, model.Change{
		Number: v.number, Kind: model.Put, Key: e.Key,
		Before: before, After: instance, Version: version, Hash: hash,
	})
}

// Merged returns what is shown of a live instance under an override, which may be
// a tombstone, or nil. A tombstone may have the version of the override that it ends:
// it counts as one time later, at every node, whether it saw that override or not.
func Merged(e, override *Entry) (*model.Instance, model.Version, uint64) {
	version := e.Version
	if override != nil {
		version.Override = override.Version.Time
	}
	if !override.Live() {
		if override != nil && version.Override+1 != 0 {
			version.Override++
		}
		return e.Instance, version, e.Hash
	}
	instance := e.Instance.Overridden(override.Status)
	return instance, version, instance.Hash()
}

func (v *View) remove(key model.Key, version model.Version) {
	before := v.shown[key]
	version.Override = before.Version.Override
	delete(v.shown, key)
	delete(v.doubts, key)
	v.number++
	v.changes = append(v.changes, model.Change{
		Number: v.number, Kind: model.Remove, Key: key, Before: before.Instance, Version: version,
	})
}

// Drain returns the changes since the last call.
func (v *View) Drain() []model.Change {
	out := v.changes
	v.changes = nil
	return out
}
