package eureka1

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heureka/model"
	"heureka/registry"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reader is a read node that knows those peers. Its mutex stands for the loop.
type reader struct {
	mu      sync.Mutex
	peers   []Peer
	feed    *Feed
	entries *registry.Map
	view    *registry.View
	looks   int
	time    model.Time
	merged  func(model.Dot) error
	waking  bool
}

func newNode(feed *Feed) *reader {
	r := &reader{feed: feed, entries: registry.NewMap()}
	r.view = registry.NewView(registry.ViewConfig{Quiet: true}, r.entries) // as a write node's
	return r
}

func (r *reader) State() State { return State{Ready: true, Waking: r.waking} }

func (r *reader) Peers() []Peer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.peers
}

func (r *reader) Look(ctx context.Context, f func(*registry.View)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.looks++
	f(r.view)
	return ctx.Err()
}

func (r *reader) Merged(_ context.Context, dot model.Dot) error { return r.merged(dot) }

// put registers an instance, and remove takes it out again.
func (r *reader) put(in *model.Instance) {
	r.author(registry.Entry{Key: in.Key(), Instance: model.Pack(in.Canonical()), Hash: in.Hash()})
}

func (r *reader) remove(key model.Key) { r.author(registry.Entry{Key: key, Removed: true}) }

func (r *reader) author(e registry.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time++
	e.Version = model.Version{Time: r.time << 40}
	if e.Removed {
		e.Version.Turn = model.TurnEnd
	}
	_, t, changed := r.entries.Author(model.Incarnation{Name: "w"}, e, 0)
	if !changed {
		panic(fmt.Sprintf("%s was newer", e.Key))
	}
	r.view.Apply([]registry.Transition{t}, false, 0)
	if r.feed.Follow(r.view.Drain()); !r.feed.Follows() {
		r.view.Watch(false)
	}
}

// newReader returns the handler of a read node.
func newReader(t testing.TB, change func(*Config), peers ...string) *Handler {
	t.Helper()
	config := DefaultConfig()
	config.Timeout = time.Minute // for machines that are busy
	if change != nil {
		change(&config)
	}
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	feed := NewFeed(config)
	node := newNode(feed)
	for _, p := range peers {
		node.peers = append(node.peers, Peer{HTTP: p, Write: true, Ready: true})
	}
	h := NewHandler(config, Self{Name: "read-1", HTTP: "127.0.0.1:1"}, node, feed, nil, node, "test_", prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	t.Cleanup(h.Close)
	return h
}

// writer is a write node that notes what it gets.
type writer struct {
	*httptest.Server
	code atomic.Int32 // that it answers; 0: it says what it got
	done atomic.Value // string: what it says it did
	mu   sync.Mutex
	got  []string
}

func newWriter(t *testing.T) *writer {
	w := &writer{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		line := fmt.Sprintf("%s %s %s", r.Method, r.RequestURI, body)
		w.mu.Lock()
		w.got = append(w.got, line)
		w.mu.Unlock()
		if done, _ := w.done.Load().(string); done != "" {
			out.Header().Set(headerDone, done)
		}
		if code := w.code.Load(); code != 0 {
			out.WriteHeader(int(code))
			return
		}
		out.Header().Set("Content-Type", "application/xml")
		fmt.Fprint(out, line, " from ", r.Header.Get(headerPassed), " as ", r.Header.Get("Content-Type"), r.Header.Get("Cookie"))
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *writer) address() string { return w.Listener.Addr().String() }

func (w *writer) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.got)
}

func ask(h *Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const registration = `{"instance":{"instanceId":"1","hostName":"h","app":"A","ipAddr":"1","dataCenterInfo":{"name":"MyOwn"}}}`

func TestWhatIsPassedOnIsTheSame(t *testing.T) {
	w := newWriter(t)
	h := newReader(t, nil, w.address())
	for _, test := range []struct{ method, path, body, want string }{
		{"POST", "/eureka/apps/A", registration, "POST /eureka/apps/A " + registration},
		{"PUT", "/eureka/v1/apps/A/a%3Ab%2F?status=UP&lastDirtyTimestamp=5", "{}", "PUT /eureka/v1/apps/A/a%3Ab%2F?status=UP&lastDirtyTimestamp=5 "},
		{"DELETE", "/v2/apps/A/1/", "", "DELETE /v2/apps/A/1/ "},
		{"PUT", "//eureka/apps/A/a%2Fb", "", "PUT //eureka/apps/A/a%2Fb "},
		{"PUT", "/v2/apps/A/1/metadata?a=%26", "", "PUT /v2/apps/A/1/metadata?a=%26 "},
		{"POST", "/v2/peerreplication/batch/", `{"replicationList":[]}`, `POST /v2/peerreplication/batch/ {"replicationList":[]}`},
		{"GET", "/v2/apps/A/1", "", "GET /v2/apps/A/1 "}, // which isn't in this node's own view
	} {
		got := ask(h, test.method, test.path, test.body, "Content-Type: application/json", "Cookie: secret")
		want := test.want + " from read-1 as application/json"
		if got.Code != http.StatusOK || got.Body.String() != want || got.Header().Get("Content-Type") != "application/xml" {
			t.Errorf("%s %s: answered %d %q, want %q", test.method, test.path, got.Code, got.Body, want)
		}
	}
}

// TestWhatIsWrongIsSaidAtOnce holds that a write node isn't bothered with it.
func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	w := newWriter(t)
	h := newReader(t, func(c *Config) { c.MaxBody, c.MaxBatch = 2048, 2048 }, w.address())
	for _, test := range []struct {
		method, path, body string
		code               int
	}{
		{"POST", "/eureka/apps/B", registration, 400},
		{"POST", "/eureka/apps/A", "{", 400},
		{"POST", "/eureka/apps/A", strings.Repeat(" ", 3000), 413},
		{"POST", "/eureka/peerreplication/batch", strings.Repeat(" ", 3000), 413},
		{"POST", "/eureka/peerreplication/batch", "{", 400},
		{"PUT", "/eureka/apps/A/1?lastDirtyTimestamp=x", "", 400},
		{"PUT", "/eureka/apps/A/1/metadata?a=%zz", "", 400},
	} {
		if got := ask(h, test.method, test.path, test.body, "Content-Type: application/json"); got.Code != test.code {
			t.Errorf("%s %s: answered %d %s", test.method, test.path, got.Code, got.Body)
		}
	}
	if got := w.requests(); len(got) > 0 {
		t.Errorf("passed on: %q", got)
	}
}

func TestAnInstanceHasItsWriteNode(t *testing.T) {
	var addresses []string
	for range 3 {
		addresses = append(addresses, newWriter(t).address())
	}
	peers := (&reader{peers: []Peer{{HTTP: addresses[0], Write: true, Ready: true}, {HTTP: addresses[1], Write: true, Ready: true},
		{HTTP: addresses[2], Write: true, Ready: true}, {HTTP: "read", Ready: true}, {HTTP: "joining", Write: true}}}).Peers()
	firsts := make(map[string]int)
	for i := range 300 {
		key := model.NewKey("A", fmt.Sprint(i))
		order := writersFor(peers, key)
		slices.Reverse(peers)
		if again := writersFor(peers, key); !slices.Equal(order, again) || len(order) != 3 {
			t.Fatalf("%v and %v", order, again)
		}
		firsts[order[0]]++
	}
	for _, a := range addresses {
		if firsts[a] < 50 {
			t.Errorf("%s is first for %d of 300", a, firsts[a])
		}
	}
}

func TestAnotherWriteNodeIsAsked(t *testing.T) {
	const gone = "127.0.0.1:1" // nobody listens there
	refusing, well := newWriter(t), newWriter(t)
	refusing.code.Store(http.StatusServiceUnavailable)
	h := newReader(t, nil, gone, refusing.address(), well.address())
	for i := range 20 {
		if got := ask(h, "PUT", fmt.Sprintf("/eureka/apps/A/%d", i), ""); got.Code != http.StatusOK {
			t.Errorf("%d: answered %d", i, got.Code)
		}
	}
	if len(well.requests()) != 20 || len(refusing.requests()) == 0 {
		t.Errorf("%d and %d requests", len(well.requests()), len(refusing.requests()))
	}
	well.code.Store(http.StatusNotFound)
	if got := ask(h, "PUT", "/eureka/apps/A/1", ""); got.Code != http.StatusNotFound || got.Body.Len() > 0 {
		t.Errorf("answered %d %s: what a write node says counts", got.Code, got.Body)
	}
	for name, h := range map[string]*Handler{"nobody": newReader(t, nil), "nobody who would": newReader(t, nil, refusing.address())} {
		if got := ask(h, "PUT", "/eureka/apps/A/1", ""); got.Code != http.StatusServiceUnavailable || got.Body.Len() > 0 {
			t.Errorf("%s: answered %d %s", name, got.Code, got.Body)
		}
	}
}

// TestAFrozenWriteNodeIsGivenUp has one that takes connections and says nothing.
func TestAFrozenWriteNodeIsGivenUp(t *testing.T) {
	frozen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Close()
	well := newWriter(t)
	h := newReader(t, func(c *Config) { c.Timeout = 50 * time.Millisecond }, frozen.Addr().String())
	if got := ask(h, "PUT", "/eureka/apps/A/1", ""); got.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d", got.Code)
	}
	path := pathOfOneFor(frozen.Addr().String(), well.address())
	for timeout := 50 * time.Millisecond; ; timeout *= 2 { // which the other one may need, too, on a busy machine
		h = newReader(t, func(c *Config) { c.Timeout = timeout }, frozen.Addr().String(), well.address())
		got := ask(h, "PUT", path, "")
		if got.Code == http.StatusOK {
			break
		}
		if got.Code != http.StatusServiceUnavailable || timeout > time.Minute {
			t.Fatalf("with %v for each it is answered %d", timeout, got.Code)
		}
	}
}

// pathOfOneFor returns the path of an instance for which the first of two write nodes is
// asked first.
func pathOfOneFor(first, second string) string {
	peers := []Peer{{HTTP: first, Write: true, Ready: true}, {HTTP: second, Write: true, Ready: true}}
	for i := 0; ; i++ {
		if id := fmt.Sprint(i); writersFor(peers, model.NewKey("A", id))[0] == first {
			return "/eureka/apps/A/" + id
		}
	}
}

// TestWhoStoodStillPassesNothingOn holds that what waited meanwhile isn't taken for new by
// a write node, whatever it is.
func TestWhoStoodStillPassesNothingOn(t *testing.T) {
	w, other := newWriter(t), newWriter(t)
	h := newReader(t, nil, w.address(), other.address())
	node := h.node.(*reader)
	node.put(&model.Instance{App: "A", ID: "1", Address: "10.0.0.1", Status: model.StatusUp})
	for _, waking := range []bool{true, false} {
		node.waking = waking
		for _, r := range []struct{ method, path, body string }{
			{"POST", "apps/A", `{"instance":{"instanceId":"1","hostName":"h","app":"A","ipAddr":"10.0.0.1","dataCenterInfo":{"name":"MyOwn"}}}`},
			{"PUT", "apps/A/1", ""}, {"DELETE", "apps/A/1", ""}, {"PUT", "apps/A/1/status?value=DOWN", ""}, {"PUT", "apps/A/1/metadata?a=1", ""},
			{"POST", "peerreplication/batch/", string(batchOf(2))}, {"POST", "peerreplication/batch/", string(batchOf(600))},
		} {
			before := len(w.requests()) + len(other.requests())
			got := ask(h, r.method, "/eureka/"+r.path, r.body, "Content-Type: application/json")
			passed := len(w.requests())+len(other.requests()) > before
			if passed == waking || (got.Code == http.StatusServiceUnavailable) != waking {
				t.Errorf("waking %v: %s %s is answered %d, passed on %v", waking, r.method, r.path, got.Code, passed)
			}
		}
		if got := ask(h, "GET", "/eureka/apps/A/1", ""); got.Code != http.StatusOK {
			t.Errorf("waking %v: what is there is answered %d", waking, got.Code)
		}
	}
}

// dozes is a read node that stands still while a write node has a request.
type dozes struct {
	*reader
	over *writer
}

func (d dozes) State() State { return State{Ready: true, Waking: len(d.over.requests()) > 0} }

// TestWhoStoodStillAsksNobodyElse has a node stand still while the first write node that it
// asks doesn't take the request.
func TestWhoStoodStillAsksNobodyElse(t *testing.T) {
	for _, method := range []string{"PUT", "DELETE", "GET"} {
		refusing, other := newWriter(t), newWriter(t)
		refusing.code.Store(http.StatusServiceUnavailable)
		h := newReader(t, nil, refusing.address(), other.address())
		h.node = dozes{h.node.(*reader), refusing}
		got := ask(h, method, pathOfOneFor(refusing.address(), other.address()), "")
		if got.Code != http.StatusServiceUnavailable || len(refusing.requests()) != 1 || len(other.requests()) > 0 {
			t.Errorf("%s: answered %d, passed on %d and %d times", method, got.Code, len(refusing.requests()), len(other.requests()))
		}
	}
}

// TestNothingGoesInCircles has read nodes that are taken for write nodes.
func TestNothingGoesInCircles(t *testing.T) {
	outer := http.NewServeMux()
	server := httptest.NewServer(outer)
	t.Cleanup(server.Close)
	h := newReader(t, nil, server.Listener.Addr().String())
	var hops atomic.Int32
	outer.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		hops.Add(1)
		h.ServeHTTP(w, r)
	})
	if got := ask(h, "PUT", "/eureka/apps/A/1", ""); got.Code != http.StatusServiceUnavailable || hops.Load() != 1 {
		t.Errorf("answered %d after %d hops", got.Code, hops.Load())
	}
}

func TestWhatAWriteNodeSaysIsBounded(t *testing.T) {
	long := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 4096))
	}))
	t.Cleanup(long.Close)
	h := newReader(t, func(c *Config) { c.MaxBatch = 2048 }, long.Listener.Addr().String())
	if got := ask(h, "PUT", "/eureka/apps/A/1", ""); got.Code != http.StatusBadGateway {
		t.Errorf("answered %d", got.Code)
	}
}
