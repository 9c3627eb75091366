package fanout

import (
	"cmp"
	"iter"
	"slices"

	"heureka/interest"
	"heureka/model"
)

// Selection is what one moment of the view has for a question. It doesn't change
// any more and may be passed to another goroutine, which does the work of sorting,
// unpacking and matching there.
type Selection struct {
	set        interest.Set
	filter     bool // candidates holds more than the set matches
	candidates []candidate
}

// candidate is an instance that may be selected.
type candidate struct {
	key      model.Key
	instance model.Packed
}

// Select returns what the view has for a set of interests. It takes time in
// proportion to the answer, for patterns to the view, and matches none here.
func (h *Hub) Select(set interest.Set) Selection {
	sel := Selection{set: set}
	like := func(in interest.Interest) bool { return in.Op == interest.Like }
	found := h.catalog.find(set, nil)
	if slices.ContainsFunc(set.Atoms(), like) {
		sel.filter, found = true, h.catalog.all
		sel.candidates = make([]candidate, 0, h.catalog.count)
	}
	for r := range found {
		sel.candidates = append(sel.candidates, candidate{r.key, r.instance})
	}
	return sel
}

// Instances yields what was selected, by rising key, each unpacked when it is its
// turn. Call it once.
func (sel Selection) Instances() iter.Seq[*model.Instance] {
	slices.SortFunc(sel.candidates, func(a, b candidate) int { return a.key.Compare(b.key) })
	return func(yield func(*model.Instance) bool) {
		for _, c := range sel.candidates {
			in := c.instance.Unpack()
			if (!sel.filter || sel.set.Match(in)) && !yield(in) {
				return
			}
		}
	}
}

// Get returns what the view has of one instance, nil if nothing.
func (h *Hub) Get(key model.Key) *model.Instance {
	if r := h.catalog.get(key); r != nil {
		return r.instance.Unpack()
	}
	return nil
}

// AppCount tells how many instances of an application the view has.
type AppCount struct {
	App       string `json:"app"`
	Instances int    `json:"instances"`
}

// Apps returns all applications, by name.
func (h *Hub) Apps() []AppCount {
	out := make([]AppCount, 0, len(h.catalog.apps))
	for app, ids := range h.catalog.apps {
		out = append(out, AppCount{app, len(ids)})
	}
	slices.SortFunc(out, func(a, b AppCount) int { return cmp.Compare(a.App, b.App) })
	return out
}
