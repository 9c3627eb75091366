package eureka1

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
	"heureka/registry"
)

// twin remembers all that a view showed, and when. It encodes nothing and keeps nothing up
// to date: what an answer should say is looked up when it has come. It is safe for
// concurrent use.
type twin struct {
	mu      sync.Mutex
	moments []moment // in their order, the first that of the empty view
	loads   []load   // when documents were gathered
	taken   int      // moments that some answer has taken in
}

// moment is what is shown from some time on.
type moment struct {
	at      time.Duration
	shown   map[model.Key]*sight
	changed []model.Key
	gone    map[model.Key]*sight // of these, what is shown no more, as it was
	taken   time.Duration        // when an answer must have taken it in; 0: none has yet
}

// load is a gathering of all that a view shows.
type load struct {
	moment int // the last that is in it
	at     time.Duration
	used   time.Duration // when something was first answered from it; 0: nothing yet
}

// sight is one instance as it is shown.
type sight struct {
	info       dialect.Info
	vips       []string
	securely   []string // its secure vips
	overridden model.Status
}

func newTwin() *twin { return &twin{moments: []moment{{shown: map[model.Key]*sight{}}}} }

func sightOf(s registry.Shown) *sight {
	in := s.Instance.Unpack()
	return &sight{
		info: dialect.InfoOf(in, dialect.ShownAt(in, s.Version)),
		vips: strings.Split(dialect.VIP(in), ","), securely: strings.Split(in.SecureVIP, ","), overridden: in.Override,
	}
}

// see notes what a view shows of some keys that have changed together.
func (w *twin) see(at time.Duration, view *registry.View, keys []model.Key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := &w.moments[len(w.moments)-1]
	next := moment{at: at, shown: make(map[model.Key]*sight, len(last.shown)+len(keys)), gone: map[model.Key]*sight{}, changed: keys}
	for key, s := range last.shown {
		next.shown[key] = s
	}
	for _, key := range keys {
		if s, is := view.Get(key); is {
			next.shown[key] = sightOf(s)
		} else {
			next.gone[key] = next.shown[key]
			delete(next.shown, key)
		}
	}
	w.moments = append(w.moments, next)
}

// loaded notes that documents are gathered from what is shown now.
func (w *twin) loaded(at time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loads = append(w.loads, load{moment: len(w.moments) - 1, at: at})
}

// took notes that something is answered to a request that began at some time: whatever
// had changed an Age before it is taken in by now.
func (w *twin) took(began, now, age time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ; w.taken < len(w.moments) && w.moments[w.taken].at+age <= began; w.taken++ {
		w.moments[w.taken].taken = now
	}
	if n := len(w.loads); n > 0 && w.loads[n-1].used == 0 {
		w.loads[n-1].used = now
	}
}

// newest returns the number of the present moment.
func (w *twin) newest() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.moments) - 1
}

// reloads returns how often documents have been gathered.
func (w *twin) reloads() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.loads)
}

// hash is the hash code of what is shown.
func (m *moment) hash() string {
	by := map[model.Status]int{}
	for _, s := range m.shown {
		by[s.info.Status]++
	}
	return hashOf(by)
}

func hashOf(by map[model.Status]int) (text string) {
	statuses := model.Statuses()
	slices.Sort(statuses)
	for _, status := range statuses {
		if by[status] > 0 {
			text += fmt.Sprintf("%s_%d_", status, by[status])
		}
	}
	return text
}

// words says an instance as far as documents of a form do, with what became of it.
func words(form dialect.Form, info *dialect.Info, action dialect.Action) string {
	status := info.Status
	if form.V1() && status != model.StatusUp && status != model.StatusStarting {
		status = model.StatusDown
	}
	text := fmt.Sprint(info.App, "/", info.InstanceID, " ", status, " ", info.HostName, " ", info.VIP, " ", action)
	if !form.Compact() {
		text += " " + info.HomePageURL
		if !form.V1() {
			text += " " + string(cmp.Or(info.Overridden, model.StatusUnknown))
		}
	}
	if action != dialect.Deleted {
		text += fmt.Sprint(" of ", info.LastUpdatedMs)
	}
	return text
}
