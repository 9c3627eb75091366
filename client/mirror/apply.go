package mirror

import (
	"slices"
	"time"

	"heureka/model"
	"heureka/wire"
)

// put takes what the node says of a key.
func (m *Mirror) put(now time.Duration, p *wire.Put) {
	hash, err := wire.ParseHash(p.Hash)
	if err != nil || p.Instance == nil {
		m.line.Leave(wire.NewError(wire.CodeMalformed, "a put without an instance or its hash"), false)
		return
	}
	said := value{instance: p.Instance, hash: hash}
	said.version, _ = model.ParseVersion(p.Version) // clients may treat it as opaque

	key := p.Instance.Key()
	r := m.held[key]
	if r == nil {
		r = &record{}
		m.held[key] = r
	}
	m.digest += hash - r.said.hash
	r.snapshot = m.snapshots
	r.said = said
	if r.shown.instance != nil && older(said, r.shown) {
		if _, is := m.fenced[key]; !is {
			m.fenced[key] = now
		}
		return
	}
	m.show(key, r)
}

// older reports whether a version is known to be before another one.
func older(a, b value) bool {
	return !a.version.IsZero() && !b.version.IsZero() && a.version.Compare(b.version) < 0
}

// show lets the application see what the node said.
func (m *Mirror) show(key model.Key, r *record) {
	delete(m.fenced, key)
	before := r.shown
	r.shown = r.said
	if !same(before, r.shown) {
		m.revision++
		m.queue.changed(key, before, r.shown)
	}
}

// remove takes that a key is gone; one that isn't held is nothing new.
func (m *Mirror) remove(key model.Key) {
	r := m.held[key]
	if r == nil {
		return
	}
	delete(m.held, key)
	delete(m.fenced, key)
	m.digest -= r.said.hash
	m.revision++
	m.queue.changed(key, r.shown, value{})
}

// sync takes that everything has been said: what the snapshot left out is gone.
// Nothing goes on the word of a snapshot that isn't what the node says it is.
func (m *Mirror) sync(s *wire.Synced) {
	m.stale, m.said = s.Stale, false
	var gone []model.Key
	count, digest := len(m.held), m.digest
	if m.replacing {
		m.replacing = false
		gone = keysWhere(m.held, func(r *record) bool { return r.snapshot != m.snapshots })
		for _, key := range gone {
			count--
			digest -= m.held[key].said.hash
		}
	}
	if s.Count != count || s.Digest != wire.FormatHash(digest) {
		m.repair()
		return
	}
	for _, key := range gone {
		m.remove(key)
	}
	m.level, m.repairing = true, false
	newest := m.fulfilled(s.Seq)
	m.remember(s.Token)
	if newest {
		m.synced = true
		m.queue.mark()
	}
}

// beat takes the node's word that nothing is new, and what is held at this point.
func (m *Mirror) beat(h *wire.Heartbeat) {
	m.stale = h.Stale
	if h.Check == nil || !m.level || m.replacing || m.repairing {
		return
	}
	if h.Count != len(m.held) || h.Digest != wire.FormatHash(m.digest) {
		m.repair()
	} else if h.Token != "" {
		m.remember(h.Token)
	}
}

// repair asks the node to say everything again and, if that was in vain, another
// one.
func (m *Mirror) repair() {
	m.repairs++
	if m.repairing {
		m.line.Leave(ErrDiverged, false)
		return
	}
	m.repairing = true
	m.seq++
	m.subscribe()
}

// unfence shows what the node has insisted on for long enough.
func (m *Mirror) unfence(now time.Duration) {
	ripe := func(since time.Duration) bool { return now-since >= m.cfg.Fence }
	for _, key := range keysWhere(m.fenced, ripe) {
		m.show(key, m.held[key])
	}
}

// keysWhere returns the keys whose values pass, in order: what the application
// sees doesn't depend on the order of a map.
func keysWhere[V any](from map[model.Key]V, pass func(V) bool) []model.Key {
	var keys []model.Key
	for key, v := range from {
		if pass(v) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, model.Key.Compare)
	return keys
}
