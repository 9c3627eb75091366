package fanout

import (
	"cmp"
	"slices"

	"heureka/model"
)

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
