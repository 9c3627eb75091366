package eureka1

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// judge returns the moments at one of which the view showed what an answer says, none older
// than was promised. There is at least one, or it says what is wrong; none also if nothing
// was answered, as may be.
func (w *world) judge(a *answer) (fits []int) {
	switch {
	case a.gone:
		return nil
	case a.code == http.StatusServiceUnavailable:
		if w.h.config.Timeout > a.made-a.began && a.floods == int(w.floods.Load()) {
			w.failf("%s: 503 after %v", a, a.made-a.began)
		}
		return nil
	case a.code != http.StatusOK && a.code != http.StatusNotFound:
		w.failf("%s: answered %d", a, a.code)
		return nil
	}
	s, err := w.read(a)
	if err != nil {
		w.failf("%s: answered %.300s, %v", a, a.text, err)
		return nil
	}
	w.twin.mu.Lock()
	defer w.twin.mu.Unlock()
	why := ""
	for k := w.twin.since(a.newest, a.oldest(w.age)); k <= a.newest; k++ {
		if fault := w.twin.fault(a, s, k); fault != "" {
			why = fault
		} else if k >= a.floor {
			fits = append(fits, k)
		} else {
			why = fmt.Sprintf("it says what was shown until %v, older than what was seen or acknowledged before", w.twin.moments[k+1].at)
		}
	}
	if len(fits) == 0 {
		w.failf("%s: %s%s", a, why, w.twin.when(a, s))
	}
	return fits
}

func (a *answer) String() string {
	return fmt.Sprintf("%s %s as %s at %v (gzip %v)", a.op, a.word, a.form, a.began, a.gzip)
}

// oldest returns since when something has been shown that the answer may leave out.
func (a *answer) oldest(age time.Duration) time.Duration {
	if a.op == opApps || a.op == opDelta {
		return a.began - age
	}
	return a.began
}

// since returns the first moment up to the newest that lasted until a time.
func (w *twin) since(newest int, at time.Duration) int {
	k := newest
	for k > 0 && w.moments[k].at >= at {
		k--
	}
	return k
}

// when tells, for people, at which other moment an answer would have been right.
func (w *twin) when(a *answer, s *said) string {
	for k := range slices.Backward(w.moments) {
		if w.fault(a, s, k) == "" {
			return fmt.Sprintf("; it would have been right as of %v, which is moment %d of %d", w.moments[k].at, k, len(w.moments))
		}
	}
	return "; it was never right"
}

// fault tells what an answer says that isn't so at a moment, "" if nothing is.
func (w *twin) fault(a *answer, s *said, k int) string {
	m := &w.moments[k]
	switch a.op {
	case opApps:
		if s.Version != 1 || s.Hash != m.hash() {
			return fmt.Sprintf("version %d, hash code %s instead of %s", s.Version, s.Hash, m.hash())
		}
		return s.fault(a.form, m, func(model.Key, *sight) bool { return true })
	case opDelta:
		return w.faultOfDelta(a, s, k)
	case opVIP, opSecureVIP:
		some := func(_ model.Key, at *sight) bool { return slices.Contains(at.listed(a.op), a.word) }
		if hash := m.choose(some).hash(); s.Version != -1 || s.Hash != hash {
			return fmt.Sprintf("version %d, hash code %s instead of %s", s.Version, s.Hash, hash)
		}
		return s.fault(a.form, m, some)
	case opApp:
		return s.fault(a.form, m, func(key model.Key, _ *sight) bool { return key.App == a.word })
	case opInstance:
		return s.fault(a.form, m, func(key model.Key, _ *sight) bool { return key.App+"/"+key.ID == a.word })
	case opInstanceByID:
		first := ""
		for key := range m.shown {
			if key.ID == a.word && (first == "" || key.App < first) {
				first = key.App
			}
		}
		return s.fault(a.form, m, func(key model.Key, _ *sight) bool { return key.ID == a.word && key.App == first })
	default:
		return s.faultOfOverrides(m)
	}
}

func (s *sight) listed(op operation) []string {
	if op == opVIP {
		return s.vips
	}
	return s.securely
}

// choose returns a moment at which only some of what is shown is.
func (m *moment) choose(some func(model.Key, *sight) bool) *moment {
	chosen := &moment{shown: map[model.Key]*sight{}}
	for key, at := range m.shown {
		if some(key, at) {
			chosen.shown[key] = at
		}
	}
	return chosen
}

// fault compares what is listed with some of what is shown.
func (s *said) fault(form dialect.Form, m *moment, some func(model.Key, *sight) bool) string {
	count := 0
	for key, at := range m.shown {
		if !some(key, at) {
			continue
		}
		count++
		if want := words(form, &at.info, at.info.Action); s.words[key] != want {
			return fmt.Sprintf("%q instead of %q", s.words[key], want)
		}
	}
	if count != len(s.words) {
		return fmt.Sprintf("%d instances instead of %d", len(s.words), count)
	}
	return ""
}

// faultOfOverrides compares what is overridden. Of two with one id either may be told.
func (s *said) faultOfOverrides(m *moment) string {
	want := map[string][]model.Status{}
	for key, at := range m.shown {
		if at.overridden != "" {
			want[key.ID] = append(want[key.ID], at.overridden)
		}
	}
	for _, o := range s.others {
		if !slices.Contains(want[o.ID], o.Status) {
			return fmt.Sprintf("%s is said to be overridden by %s", o.ID, o.Status)
		}
	}
	if len(s.others) != len(want) {
		return fmt.Sprintf("%d are overridden instead of %d", len(s.others), len(want))
	}
	return ""
}
