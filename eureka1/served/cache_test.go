package served

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"heureka/eureka1/pages"
	"heureka/model"
)

// lines is a dialect of one line per instance.
type lines struct {
	rows  *atomic.Int64   // encoded
	takes time.Duration   // a head
	wait  *sync.WaitGroup // that a head waits for
}

func (d lines) AppendHead(dst []byte, h pages.Heading) []byte {
	time.Sleep(d.takes) // virtual time
	if d.wait != nil {
		d.wait.Wait()
	}
	return fmt.Appendf(dst, "%d %s\n", h.Version, h.HashCode)
}

func (d lines) AppendRow(dst []byte, row *pages.Row) []byte {
	if d.rows != nil {
		d.rows.Add(1)
	}
	return fmt.Appendf(dst, "%s %s %s\n", row.Key, row.Status, row.Action)
}

func (d lines) AppendTail(dst []byte, _ pages.Heading) []byte { return append(dst, "end"...) }
func (d lines) AppendOpening(dst []byte, _ string) []byte     { return dst }
func (d lines) AppendClosing(dst []byte, _ string) []byte     { return dst }
func (d lines) Separator() string                             { return "" }
func (d lines) Compact() bool                                 { return false }

// rig is a cache and its source.
type rig struct {
	t     testing.TB
	mutex sync.Mutex
	pages *pages.Pages
	cache *Cache
	count int
}

func (r *rig) Changed(since *pages.Snapshot) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.pages.Snapshot() != since
}

func (r *rig) Snapshot() *pages.Snapshot {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.pages.Snapshot()
}

func (r *rig) apply(in *model.Instance, now time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.pages.Apply([]model.Change{{Kind: model.Put, Key: in.Key(), After: model.Pack(in)}}, now)
}

func newRig(t testing.TB, config Config, dialects ...pages.Encoder) *rig {
	t.Helper()
	p, err := pages.New(pages.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, pages: p}
	if r.cache, err = New(config, r, dialects...); err != nil {
		t.Fatal(err)
	}
	return r
}

// register adds n instances.
func (r *rig) register(n int) {
	for range n {
		r.count++
		in := &model.Instance{App: fmt.Sprint("APP-", r.count%7), ID: fmt.Sprint(r.count), Status: model.StatusUp}
		r.apply(in, 0)
	}
}

// shows returns the hash code of a page and checks that the page is whole.
func (r *rig) shows(document pages.Document, dialect int, gzip bool) string {
	r.t.Helper()
	page, err := r.cache.Page(document, dialect, gzip)
	if err != nil {
		r.t.Fatal(err)
	}
	text := string(plainOf(r.t, page))
	head, _, _ := strings.Cut(text, "\n")
	_, code, _ := strings.Cut(head, " ")
	if want := fmt.Sprintf("UP_%d_", strings.Count(text, "\n")-1); document == pages.Apps && code != want {
		r.t.Fatalf("the head says %q, the rows %q", code, want)
	}
	return code
}

func plainOf(t testing.TB, page *Page) []byte {
	t.Helper()
	whole := bytes.Join(page.Parts, nil)
	if !page.gzip {
		return whole
	}
	return gunzipped(t, whole)
}

func (r *rig) expect(want string) {
	r.t.Helper()
	for d := range pages.Document(pages.Documents) {
		for _, gzip := range []bool{false, true} {
			if got := r.shows(d, 0, gzip); got != want {
				r.t.Errorf("document %d, gzip %v, shows %q, want %q", d, gzip, got, want)
			}
		}
	}
}

func TestAnEditionStandsForItsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, DefaultConfig(), lines{})
		r.register(1)
		r.expect("UP_1_")
		r.register(1)
		time.Sleep(20*time.Millisecond - 1)
		r.expect("UP_1_")
		r.register(1)
		time.Sleep(time.Nanosecond)
		r.expect("UP_3_")
		time.Sleep(time.Hour) // nothing changes
		r.expect("UP_3_")
		r.register(1) // a change after a quiet time shows at once
		r.expect("UP_4_")
	})
}

func TestWhoHurriesSeesThePresent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, DefaultConfig(), lines{})
		r.register(1)
		r.expect("UP_1_")
		r.register(1)
		r.expect("UP_1_")
		r.cache.Hurry()
		r.expect("UP_2_")
		r.register(1)
		r.expect("UP_2_") // that was all
	})
}

func TestHurryTakesNoMoreThanTheShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, DefaultConfig(), lines{takes: 80 * time.Millisecond}, lines{})
		see := func(want string) {
			t.Helper()
			if got := r.shows(pages.Apps, 1, false); got != want {
				t.Errorf("%q is shown, want %q", got, want)
			}
		}
		r.register(1)
		r.shows(pages.Apps, 0, false) // an eighth of its 80 ms counts
		r.register(1)
		r.cache.Hurry()
		see("UP_2_")
		r.register(1)
		r.cache.Hurry()
		time.Sleep(50*time.Millisecond - 1)
		see("UP_2_")
		time.Sleep(time.Nanosecond)
		see("UP_3_")
	})
}

func TestEditionsStandLongerWhereTheyCostMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, DefaultConfig(), lines{takes: 100 * time.Millisecond}, lines{})
		r.register(1)
		r.shows(pages.Apps, 0, false)
		r.register(1)
		r.shows(pages.Apps, 1, false)
		if got := r.cache.Stats().Stands; got > 70*time.Millisecond {
			t.Errorf("after one edition that cost 100 ms, the next stands for %v", got)
		}
		for range 50 {
			r.register(1)
			time.Sleep(r.cache.Stats().Stands)
			r.shows(pages.Apps, 0, false)
		}
		s := r.cache.Stats()
		if s.Stands < 450*time.Millisecond || s.Stands > 500*time.Millisecond {
			t.Errorf("an edition that costs 100 ms stands for %v, at 20 %% of the time", s.Stands)
		}
		for range 50 {
			r.register(1)
			time.Sleep(time.Second)
			r.shows(pages.Apps, 1, false)
		}
		if got := r.cache.Stats().Stands; got != 20*time.Millisecond {
			t.Errorf("an edition that costs nothing stands for %v", got)
		}
	})
}

func TestAPageIsMadeOnceForAllThatAskForIt(t *testing.T) {
	var rows atomic.Int64
	var asking sync.WaitGroup
	asking.Add(20)
	r := newRig(t, DefaultConfig(), lines{rows: &rows, wait: &asking})
	r.register(10)
	var done sync.WaitGroup
	for range 20 {
		done.Go(func() {
			asking.Done()
			r.shows(pages.Apps, 0, false)
		})
	}
	done.Wait()
	if made := r.cache.Stats().Made; rows.Load() != 10 || made != 1 {
		t.Errorf("%d rows encoded, %d pages made", rows.Load(), made)
	}
}

// TestBothDocumentsShareWhatTheyShow: after a waking each row is encoded once for both,
// and if one of them is dropped, the other stays whole.
func TestBothDocumentsShareWhatTheyShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var encoded atomic.Int64
		r := newRig(t, DefaultConfig(), lines{rows: &encoded})
		var rows []*pages.Row
		for i := range 100 {
			in := &model.Instance{App: fmt.Sprint("APP-", i%7), ID: fmt.Sprint(i), Status: model.StatusUp}
			rows = append(rows, pages.NewRow(in.Key(), model.Pack(in), model.Version{}))
		}
		r.pages.Load(rows, 0)
		r.expect("UP_100_")
		if got := encoded.Load(); got != 100 {
			t.Errorf("%d rows encoded for 100", got)
		}
		for range 3 {
			time.Sleep(2 * time.Minute)
			r.shows(pages.Delta, 0, true)
		}
		r.cache.Trim()
		if s := r.cache.Stats(); s.Kept != 1 || s.Dropped != 1 {
			t.Errorf("after six minutes: %+v", s)
		}
		r.expect("UP_100_")
		if got := encoded.Load(); got != 100 {
			t.Errorf("%d rows encoded for 100, one document dropped and asked for again", got)
		}
	})
}

func TestWhatNobodyAsksForIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, DefaultConfig(), lines{}, lines{})
		r.register(10)
		r.shows(pages.Apps, 0, true)
		r.shows(pages.Apps, 1, false)
		time.Sleep(4 * time.Minute)
		r.shows(pages.Apps, 1, false)
		time.Sleep(time.Minute)
		r.register(1)
		r.shows(pages.Apps, 1, false)
		if s := r.cache.Stats(); s.Kept != 1 || s.Dropped != 1 {
			t.Errorf("after five minutes: %+v", s)
		}
		if got := r.shows(pages.Apps, 0, true); got != "UP_11_" {
			t.Errorf("asked for again, it shows %q", got)
		}
		time.Sleep(5 * time.Minute)
		r.cache.Trim()
		if s := r.cache.Stats(); s.Kept != 0 || s.Bytes != 0 || s.Dropped != 3 {
			t.Errorf("after five minutes without a request: %+v", s)
		}
	})
}

func TestWhatIsTooMuchIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := DefaultConfig()
		r := newRig(t, config, lines{}, lines{}, lines{})
		r.register(100)
		r.shows(pages.Apps, 0, false)
		one := r.cache.Stats().Bytes
		r.cache.config.MaxBytes = int(2 * one)
		for _, dialect := range []int{1, 2, 0} {
			time.Sleep(time.Millisecond)
			r.shows(pages.Apps, dialect, false)
		}
		r.cache.Trim()
		if s := r.cache.Stats(); s.Bytes != 2*one || s.Dropped != 1 || r.cache.shelves[pages.Apps][1].page(false) != nil {
			t.Errorf("%+v, one takes %d", s, one)
		}
		r.cache.config.MaxBytes = 0
		r.cache.Trim()
		if s := r.cache.Stats(); s.Kept != 1 || r.cache.shelves[pages.Apps][0].page(false) == nil {
			t.Errorf("what was asked for last should stay: %+v", s)
		}
	})
}

// TestNobodyGoesBackInTime has many read while the registry grows: whatever document
// they read next, it never shows less than the last one did.
func TestNobodyGoesBackInTime(t *testing.T) {
	config := DefaultConfig()
	config.Age, config.Share = time.Microsecond, 100
	r := newRig(t, config, lines{}, lines{})
	r.register(1)
	done := make(chan struct{})
	var wait sync.WaitGroup
	for reader := range 8 {
		wait.Go(func() {
			last := 0
			for step := reader; ; step++ {
				select {
				case <-done:
					return
				default:
				}
				code := r.shows(pages.Document(step%2), step/2%2, step/4%2 == 0)
				var shown int
				if _, err := fmt.Sscanf(code, "UP_%d_", &shown); err != nil || shown < last {
					t.Errorf("%q after %d: %v", code, last, err)
					return
				}
				last = shown
			}
		})
	}
	for range 300 {
		r.register(1)
		r.shows(pages.Apps, 0, true)
	}
	close(done)
	wait.Wait()
	if got := r.cache.Stats().Editions; got < 2 {
		t.Errorf("%d editions", got)
	}
}

func TestWhatIsNoPageIsAnError(t *testing.T) {
	r := newRig(t, DefaultConfig(), lines{})
	r.register(1)
	for _, of := range []struct {
		document pages.Document
		dialect  int
	}{{-1, 0}, {pages.Documents, 0}, {pages.Apps, -1}, {pages.Delta, 1}} {
		if page, err := r.cache.Page(of.document, of.dialect, false); err == nil {
			t.Errorf("%v is %v", of, page)
		}
	}
}

func TestConfigIsValidated(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"Age":      func(c *Config) { c.Age = -1 },
		"Share":    func(c *Config) { c.Share = 0 },
		"Idle":     func(c *Config) { c.Idle = 0 },
		"MaxBytes": func(c *Config) { c.MaxBytes = -1 },
		"Level":    func(c *Config) { c.Level = 10 },
	} {
		config := DefaultConfig()
		spoil(&config)
		if _, err := New(config, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAStandstillIsNoCost of pages: after one the registry is shown as soon as before.
func TestAStandstillIsNoCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, DefaultConfig(), lines{takes: time.Minute}, lines{takes: time.Millisecond})
		for range 50 {
			r.register(1)
			time.Sleep(r.cache.Stats().Stands)
			r.shows(pages.Apps, 1, false)
		}
		r.shows(pages.Apps, 0, false) // while a minute passes
		r.register(1)
		r.shows(pages.Apps, 1, false)
		if got := r.cache.Stats().Stands; got > 200*time.Millisecond {
			t.Errorf("after a minute in which nothing ran an edition stands for %v", got)
		}
	})
}

// between is a source that takes its time over one snapshot, until somebody else has asked
// whether anything has changed.
type between struct {
	*rig
	slow         atomic.Bool
	taken, asked chan struct{}
	once         sync.Once
}

func (b *between) Changed(since *pages.Snapshot) bool {
	changed := b.rig.Changed(since)
	select {
	case <-b.taken:
		b.once.Do(func() { close(b.asked) })
	default:
	}
	return changed
}

func (b *between) Snapshot() *pages.Snapshot {
	snapshot := b.rig.Snapshot()
	if b.slow.CompareAndSwap(true, false) {
		close(b.taken)
		<-b.asked
	}
	return snapshot
}

// TestAnOldEditionIsntShownWhileTheNextIsMade has a request come when another has the next
// snapshot, and hasn't made an edition of it.
func TestAnOldEditionIsntShownWhileTheNextIsMade(t *testing.T) {
	config := DefaultConfig()
	config.Age = 0
	r := newRig(t, config, lines{})
	b := &between{rig: r, taken: make(chan struct{}), asked: make(chan struct{})}
	r.cache.source = b
	r.register(1)
	r.expect("UP_1_")
	r.register(1)
	b.slow.Store(true)
	var wait sync.WaitGroup
	wait.Go(func() { r.shows(pages.Apps, 0, false) })
	<-b.taken
	if got := r.shows(pages.Apps, 0, false); got != "UP_2_" {
		t.Errorf("it shows %s", got)
	}
	wait.Wait()
}
