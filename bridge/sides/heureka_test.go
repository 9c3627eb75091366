package sides_test

import (
	"time"

	"heureka/eureka1/dialect"
	"heureka/eureka1/rules"
	"heureka/model"
)

// heureka is a registry under the real rules, of which bridges see each change.
type heureka struct {
	w         *world
	said      map[model.Key]*model.Instance
	expires   map[model.Key]time.Duration
	overrides map[model.Key]model.Status
}

func newHeureka(w *world) *heureka {
	return &heureka{w, make(map[model.Key]*model.Instance), make(map[model.Key]time.Duration), make(map[model.Key]model.Status)}
}

func (h *heureka) shown(key model.Key) *model.Instance {
	if in := h.said[key]; in != nil {
		return in.Overridden(h.overrides[key])
	}
	return nil
}

func (h *heureka) show(key model.Key) {
	for _, b := range h.w.bridges {
		if !b.cutHeureka {
			h.w.show(b, key)
		}
	}
}

func (h *heureka) Get(key model.Key) (*model.Instance, model.Version, error) {
	if h.said[key] == nil {
		return nil, model.Version{}, rules.ErrNotFound
	}
	return h.shown(key), model.Version{Time: 1}, nil
}

func (h *heureka) Changed(key model.Key) (int64, model.Version, error) {
	in, version, err := h.Get(key)
	if err != nil {
		return 0, version, err
	}
	return in.LastChangedMs, version, nil
}

func (h *heureka) Said(key model.Key) *model.Instance { return h.said[key] }

func (h *heureka) Put(in *model.Instance) error {
	key := in.Key()
	before := h.said[key]
	h.said[key], h.expires[key] = in, h.w.now+in.Lease.Duration()
	if before == nil || before.Hash() != in.Hash() {
		h.show(key)
	}
	return nil
}

func (h *heureka) Renew(key model.Key) error {
	in := h.said[key]
	if in == nil {
		return rules.ErrNotFound
	}
	h.expires[key] = h.w.now + in.Lease.Duration()
	return nil
}

func (h *heureka) Amend(model.Key, func(*model.Instance)) error { panic("not used") }

func (h *heureka) Remove(key model.Key) error {
	if h.said[key] == nil {
		return rules.ErrNotFound
	}
	delete(h.said, key)
	delete(h.expires, key)
	delete(h.overrides, key)
	h.show(key)
	return nil
}

func (h *heureka) Override(key model.Key, status model.Status) error {
	if h.said[key] == nil {
		return rules.ErrNotFound
	}
	h.overrides[key] = status
	h.show(key)
	return nil
}

func (h *heureka) ClearOverride(key model.Key) error {
	if h.said[key] == nil {
		return rules.ErrNotFound
	}
	delete(h.overrides, key)
	h.show(key)
	return nil
}

// say does what an item says, as a write node does.
func (h *heureka) say(it *dialect.Item, peer bool) dialect.Answer {
	word := rules.OfItem(it)
	word.Peer = peer
	a := rules.Apply(h, &word)
	answer := dialect.Answer{Code: a.Code}
	if a.Code == 204 {
		answer.Code = 200
	}
	if a.Instance != nil {
		info := dialect.InfoOf(a.Instance, dialect.ShownAt(a.Instance, a.Version))
		answer.Info = &info
	}
	return answer
}

func (h *heureka) evict() {
	for _, key := range sorted(h.expires) {
		if h.w.now > h.expires[key] {
			_ = h.Remove(key) // it is there
		}
	}
}

// restart forgets everything.
func (h *heureka) restart() {
	*h = *newHeureka(h.w)
	for _, b := range h.w.bridges {
		if !b.cutHeureka {
			h.w.showAll(b)
		}
	}
}
