package registry

import (
	"iter"
	"slices"
	"time"

	"heureka/model"
)

// ViewConfig holds the view's patience.
type ViewConfig struct {
	// Grace is how long the eviction of a copy that was authored again, what a whole
	// answer dropped, or the late word of an earlier connection of a client stays
	// hidden: time for the owner to speak.
	Grace time.Duration
	// BehindGrace is how long at most a node that knows itself behind hides any
	// eviction.
	BehindGrace time.Duration
	// Quiet is a view of which nobody takes the changes: it keeps none, until Watch.
	Quiet bool
}

// View is the registry as subscribers see it: it turns the transitions of a map
// into changes. A change of owner without a change of content shows nothing. It
// is not safe for concurrent use.
//
// For nearly every key a view shows just the living entry that its map holds. It
// remembers only the keys for which it shows something else: under an override,
// while a removal or a late word is in doubt, or at a greater version.
type View struct {
	config  ViewConfig
	entries *Map
	differs map[model.Key]Shown // from the map
	doubts  map[model.Key]doubt
	count   int // instances shown
	number  uint64
	quiet   bool
	changes []model.Change
}

// doubt is a removal, or a late word, that is not shown yet.
type doubt struct {
	since   time.Duration
	grace   time.Duration
	version model.Version // of a removal
	late    *Entry        // nil: a removal
	// dots are of all that isn't shown, also where something later replaced it: the
	// zero dot where a whole answer dropped what is shown.
	dots []model.Dot
}

// NewView returns the view of an empty map. From then on it must be told all that
// becomes of the map, see Apply.
func NewView(config ViewConfig, entries *Map) *View {
	return &View{
		config: config, entries: entries, quiet: config.Quiet,
		differs: make(map[model.Key]Shown), doubts: make(map[model.Key]doubt),
	}
}

// Watch says whether somebody takes the changes from now on. What came before, and
// hasn't been taken, is dropped where nobody does.
func (v *View) Watch(watched bool) {
	if v.quiet = !watched; v.quiet {
		v.changes = nil
	}
}

// Get returns what the view shows for a key.
func (v *View) Get(key model.Key) (Shown, bool) { return v.shown(key, v.entries.Get(key)) }

// All yields everything that is shown, in no particular order.
func (v *View) All() iter.Seq2[model.Key, Shown] {
	return func(yield func(model.Key, Shown) bool) {
		for key, s := range v.differs {
			if !yield(key, s) {
				return
			}
		}
		for e := range v.entries.Instances() {
			if _, differs := v.differs[e.Key]; !differs && e.Live() && !yield(e.Key, plain(e)) {
				return
			}
		}
	}
}

// Len returns how many instances are shown.
func (v *View) Len() int { return v.count }

// Differs returns for how many keys the view shows something else than the living
// entry that its map holds.
func (v *View) Differs() int { return len(v.differs) }

// Number returns the number of the last change.
func (v *View) Number() uint64 { return v.number }

// Doubts returns how many removals and late words are not shown yet.
func (v *View) Doubts() int { return len(v.doubts) }

// KeptBack yields the dots of the removals and late words that are not shown yet;
// the zero dot for what a whole answer dropped.
func (v *View) KeptBack() iter.Seq[model.Dot] {
	return func(yield func(model.Dot) bool) {
		for _, d := range v.doubts {
			for _, dot := range d.dots {
				if !yield(dot) {
					return
				}
			}
		}
	}
}

// shown returns what is shown for a key whose instance's entry, as far as the view
// has followed the map, is e. It reports false if nothing is.
func (v *View) shown(key model.Key, e *Entry) (Shown, bool) {
	if s, differs := v.differs[key]; differs {
		return s, true
	}
	if e.Live() {
		return plain(e), true
	}
	return Shown{}, false
}

// Apply follows the transitions of one step of the map, in its order, but those of
// overrides last: by then the view has followed the map to every instance that they
// are about. Behind says that the node knows of something it hasn't merged yet.
func (v *View) Apply(transitions []Transition, behind bool, now time.Duration) {
	if !v.quiet {
		v.changes = slices.Grow(v.changes, len(transitions))
	}
	for _, t := range transitions {
		if !t.Override {
			v.follow(t, behind, now)
		}
	}
	for _, t := range transitions {
		if !t.Override {
			continue
		}
		if s, is := v.Get(t.Key); is {
			v.show(s, s.entry)
		}
	}
}

// follow follows a transition of an instance.
func (v *View) follow(t Transition, behind bool, now time.Duration) {
	s, is := v.shown(t.Key, t.Before)
	switch {
	case t.After.Live() && is && s.entry.Speaker.Outranks(t.After.Speaker):
		v.differs[t.Key] = s
		v.hide(t.After, now)
	case t.After.Live():
		delete(v.doubts, t.Key)
		v.show(s, t.After)
	case is:
		v.differs[t.Key] = s
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
	d.grace, d.late, d.dots = v.config.Grace, late, append(d.dots, late.Dot)
	v.doubts[late.Key] = d
}

// doubt shows a removal of what is shown, now or when it is beyond doubt.
func (v *View) doubt(t Transition, behind bool, now time.Duration) {
	d, doubted := v.doubts[t.Key]
	if !doubted {
		d = doubt{since: now}
	}
	var dot model.Dot
	if t.After != nil {
		dot = t.After.Dot
	}
	d.late, d.dots = nil, append(d.dots, dot)
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

// Settle shows the removals and late words whose time has come. Call it often.
func (v *View) Settle(behind bool, now time.Duration) {
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
		v.show(v.differs[key], d.late)
	}
}

func (v *View) due(d doubt, behind bool, now time.Duration) bool {
	waited := now - d.since
	return waited >= d.grace && (!behind || waited >= v.config.BehindGrace)
}

// show shows an entry, under the override that the map holds, instead of what was
// shown for its key; the zero Shown if nothing was.
func (v *View) show(was Shown, e *Entry) {
	s := Shown{entry: e}
	s.Instance, s.Version, s.Hash = Merged(e, v.entries.Override(e.Key))
	if was.entry != nil && s.Version.Compare(was.Version) <= 0 { // a whole answer may have taken it back
		s.Version = was.Version
	}
	if was.entry != nil && was.Hash == s.Hash {
		v.note(s)
		return
	}
	switch {
	case was.entry == nil:
		v.count++
	case s.Version == was.Version:
		s.Version.Override++ // what is shown still moves on
	}
	v.note(s)
	v.number++
	if v.quiet {
		return
	}
	v.changes = append(v.changes, model.Change{
		Number: v.number, Kind: model.Put, Key: e.Key,
		Before: was.Instance, After: s.Instance, Version: s.Version, Hash: s.Hash,
	})
}

// note remembers what is shown from now on, where the map doesn't say so by itself.
func (v *View) note(s Shown) {
	if e := v.entries.Get(s.entry.Key); e.Live() && s == plain(e) {
		delete(v.differs, e.Key)
		return
	}
	v.differs[s.entry.Key] = s
}

// remove shows that what is shown for a key, though its map has no such entry any
// more, is gone.
func (v *View) remove(key model.Key, version model.Version) {
	before := v.differs[key]
	version.Override = before.Version.Override
	v.count--
	delete(v.differs, key)
	delete(v.doubts, key)
	v.number++
	if v.quiet {
		return
	}
	v.changes = append(v.changes, model.Change{
		Number: v.number, Kind: model.Remove, Key: key, Before: before.Instance, Version: version,
	})
}

// Drain returns the changes since the last call; none if the view is quiet.
func (v *View) Drain() []model.Change {
	out := v.changes
	v.changes = nil
	return out
}
