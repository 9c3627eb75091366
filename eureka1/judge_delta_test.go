package eureka1

import (
	"fmt"
	"slices"
	"time"

	"heureka/eureka1/dialect"
	"heureka/eureka1/pages"
	"heureka/model"
)

// faultOfDelta tells what a delta says that isn't so at a moment: all it has must be as it
// is then, and what has changed within the window before must be in it. That may be in it
// for as long as it takes some request to take it in, and then for a window and a sweep.
func (w *twin) faultOfDelta(a *answer, s *said, k int) string {
	m := &w.moments[k]
	if s.Hash != m.hash() {
		return fmt.Sprintf("hash code %s instead of %s", s.Hash, m.hash())
	}
	for key := range s.words {
		if fault := w.faultOfEntry(a, s, k, key); fault != "" {
			return fault
		}
	}
	if fault := w.missing(a, s, k, a.reloads); fault != "" && w.missing(a, s, k, a.reloads-1) != "" {
		return fault // if it was gathered at that very moment, the documents before were right as well
	}
	return ""
}

// faultOfEntry tells why an instance that is in a delta shouldn't be, or so.
func (w *twin) faultOfEntry(a *answer, s *said, k int, key model.Key) string {
	at, shown := w.moments[k].shown[key]
	changed := w.changed(key, k)
	want := ""
	if shown {
		want = words(a.form, &at.info, at.info.Action)
	} else if at = w.moments[changed].gone[key]; at != nil {
		want = words(a.form, &at.info, dialect.Deleted)
	}
	if s.words[key] != want {
		return fmt.Sprintf("%q instead of %q", s.words[key], want)
	}
	config := pages.DefaultConfig()
	until := w.moments[changed].taken
	for _, l := range w.loads {
		if shown || changed > l.moment {
			until = max(until, l.used)
		}
	}
	if until+config.Window+config.Sweep+time.Second < a.began && w.moments[changed].taken != 0 {
		return fmt.Sprintf("%q is in it yet, though it changed at %v and was taken in by %v", want, w.moments[changed].at, until)
	}
	return ""
}

// changed returns the last moment up to k at which an instance changed, 0 if there is none.
func (w *twin) changed(key model.Key, k int) int {
	for ; k > 0 && !slices.Contains(w.moments[k].changed, key); k-- {
	}
	return k
}

// missing tells what a delta lacks: what changed within the window since the documents
// were gathered for so many times, and all there is in the first window after that.
func (w *twin) missing(a *answer, s *said, k, loads int) string {
	if loads < 1 || loads > len(w.loads) {
		return "" // nothing is known of it
	}
	l, window := w.loads[loads-1], pages.DefaultConfig().Window
	m := &w.moments[k]
	if a.made < l.at+window {
		for key, at := range m.shown {
			if s.words[key] == "" {
				return fmt.Sprintf("%q isn't in the delta, which was gathered at %v", words(a.form, &at.info, at.info.Action), l.at)
			}
		}
	}
	for ; k > l.moment && w.moments[k].at > a.made-window; k-- {
		for _, key := range w.moments[k].changed {
			if s.words[key] == "" {
				return fmt.Sprintf("%s changed at %v and isn't in the delta", key, w.moments[k].at)
			}
		}
	}
	return ""
}
