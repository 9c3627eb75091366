package simtest

import (
	"time"

	"heureka/model"
	"heureka/wire"
)

// mirrorFence judges Fenced for what one subscriber's application sees, across its
// connections: as long as an instance is there, no older version of it comes back
// before the node has insisted on it for the time of the mirror's fence.
type mirrorFence struct {
	of    *subscriber
	last  map[model.Key]model.Version // shown
	since map[model.Key]time.Duration // since when an older one than that is said
}

func newMirrorFence(of *subscriber) *mirrorFence {
	return &mirrorFence{of: of, last: make(map[model.Key]model.Version), since: make(map[model.Key]time.Duration)}
}

// heard judges what is shown after a message.
func (f *mirrorFence) heard(m wire.Message) {
	switch m := m.(type) {
	case *wire.Put:
		f.look(m.Instance.Key())
	case *wire.Remove:
		f.look(m.Key())
	case *wire.Synced:
		f.ticked()
	}
}

// ticked judges everything that is shown.
func (f *mirrorFence) ticked() {
	for key := range f.last {
		f.look(key)
	}
}

func (f *mirrorFence) look(key model.Key) {
	w, in := f.of.w, f.of.mirror.Get(key)
	if in == nil {
		delete(f.last, key)
		delete(f.since, key)
		return
	}
	said, ok := f.of.judge.Get(key)
	if !ok {
		return // said by an earlier connection
	}
	last := f.last[key]
	if said.Version.Compare(last) < 0 {
		if _, is := f.since[key]; !is {
			f.since[key] = w.now
		}
	}
	if said.Instance != in {
		return // hidden
	}
	if since, is := f.since[key]; is && said.Version.Compare(last) < 0 && w.now-since < w.times.fence {
		w.fail("Fenced", f.of.name, key, "%s is shown after %s", said.Version, last)
	}
	f.last[key] = said.Version
	delete(f.since, key)
}
