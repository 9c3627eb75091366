package bridge

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/internal/ops"
	"heureka/model"
)

// before stands between a bridge and a server, whose URL it is, and answers what the
// test wants to be answered otherwise: then it reports true.
func (s *scene) before(server string, answers func(w http.ResponseWriter, r *http.Request, body []byte) bool) string {
	s.t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		s.t.Fatal(err)
	}
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the bridge has gone
		}
		if r.Body = io.NopCloser(bytes.NewReader(body)); !answers(w, r, body) {
			proxy.ServeHTTP(w, r)
		}
	}))
	s.t.Cleanup(transport.CloseIdleConnections)
	s.t.Cleanup(web.Close)
	return web.URL
}

// TestOneInstanceHoldsUpNoOther has a server refuse each batch as a whole that has a
// certain instance in it, as Eureka does with what it can't read, and proxies with what
// is too large; or answer with what is no answer.
func TestOneInstanceHoldsUpNoOther(t *testing.T) {
	for _, code := range []int{http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusInternalServerError} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			s := newScene(t)
			old, heureka := s.heureka(), s.heureka()
			refuses := s.before(old, func(w http.ResponseWriter, r *http.Request, body []byte) bool {
				refused := r.Method == http.MethodPost && bytes.Contains(body, []byte("POISON"))
				if refused {
					w.WriteHeader(code)
				}
				return refused
			})
			poison, first, second := registered("POISON", "p-1", "10.0.0.1"), registered("WELL", "w-1", "10.0.0.2"), registered("WELL", "w-2", "10.0.0.3")
			for _, in := range []*model.Instance{first, poison, second} {
				s.register(heureka+"/eureka", in)
			}
			s.bridge(heureka, nil, refuses+"/eureka")
			for _, in := range []*model.Instance{first, second} {
				s.shows(old+"/eureka", in, "beside what is refused", func(info *dialect.Info) bool { return info.IPAddr == in.Address })
			}
			late := registered("WELL", "w-3", "10.0.0.4")
			s.register(heureka+"/eureka", late)
			s.shows(old+"/eureka", late, "after something was refused", func(info *dialect.Info) bool { return info.IPAddr == late.Address })
		})
	}
}

// TestAnOldClusterThatIsTooLarge is mirrored as far as there is room, with as much again
// that isn't even read.
func TestAnOldClusterThatIsTooLarge(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka(), s.heureka()
	for i := range 5 {
		s.register(old+"/eureka", registered(fmt.Sprintf("APP%d", i), "i", "10.0.0.1"))
	}
	b, _ := s.bridge(heureka, func(c *Config) { c.MaxInstances = 2 }, old+"/eureka")
	s.until("what there is room for is mirrored, and the rest counted", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		st := b.sides.Stats()
		return st.Mirrored == 2 && st.LeftOut >= 3
	})
}

// TestWhatIsMirroredIsFoundBehindOthers for which there is no room, and stays mirrored.
func TestWhatIsMirroredIsFoundBehindOthers(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka(), s.heureka()
	var pages atomic.Int64
	counts := s.before(old, func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
		if strings.HasSuffix(r.URL.Path, "/apps/") {
			pages.Add(1)
		}
		return false
	})
	register := func(apps ...string) {
		for _, app := range apps {
			s.register(old+"/eureka", registered(app, "i", "10.0.0.1"))
		}
	}
	register("LATE1", "LATE2")
	b, _ := s.bridge(heureka, func(c *Config) { c.MaxInstances = 2 }, counts+"/eureka")
	stats := func() sides.Stats {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.sides.Stats()
	}
	s.until("both are mirrored", func() bool { return stats().Mirrored == 2 })
	register("EARLY1", "EARLY2")
	before := pages.Load()
	s.until("everything is read again, and again", func() bool { return pages.Load() > before+2 })
	if st := stats(); st.Mirrored != 2 || st.Missing != 0 || st.LeftOut == 0 {
		t.Errorf("%d are mirrored, %d missing, %d left out", st.Mirrored, st.Missing, st.LeftOut)
	}
}

// TestASlowAnswerHoldsUpNoRenewal has the old cluster be slow to say whether it still
// has what has gone from Heureka.
func TestASlowAnswerHoldsUpNoRenewal(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka(), s.heureka()
	gone, stays := registered("GONE", "g-1", "10.0.0.1"), registered("STAYS", "s-1", "10.0.0.2")
	var asked, renewed atomic.Int64
	release := make(chan struct{})
	slow := s.before(old, func(_ http.ResponseWriter, r *http.Request, body []byte) bool {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/apps/GONE/") {
			asked.Add(1)
			<-release
		}
		if asked.Load() > 0 && bytes.Contains(body, []byte(`"STAYS"`)) && bytes.Contains(body, []byte(`"Heartbeat"`)) {
			renewed.Add(1)
		}
		return false
	})
	t.Cleanup(func() { close(release) })
	s.register(heureka+"/eureka", gone)
	s.register(heureka+"/eureka", stays)
	s.bridge(heureka, func(c *Config) { c.Timeout, c.Full, c.Recheck = 2*patience, time.Hour, time.Hour }, slow+"/eureka")
	for _, in := range []*model.Instance{gone, stays} {
		s.shows(old+"/eureka", in, "as Heureka's", func(*dialect.Info) bool { return true })
	}
	s.say(http.StatusOK, http.MethodDelete, heureka+"/eureka", path(gone), nil)
	s.until("the old cluster is asked", func() bool { return asked.Load() > 0 })
	s.until("what stays is renewed meanwhile", func() bool { return renewed.Load() > 2 })
}

// TestNoWebPageTellsTheBridge has a browser pass on what a page of another origin says.
func TestNoWebPageTellsTheBridge(t *testing.T) {
	s := newScene(t)
	b, _ := s.bridge("http://127.0.0.1:9", nil, "http://127.0.0.1:1/eureka")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+b.Addresses().HTTP+"/eureka/peerreplication/batch/", strings.NewReader(`{"replicationList":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, origin := range []string{"https://elsewhere.example", ""} {
		want := http.StatusOK
		if req.Header.Del("Origin"); origin != "" {
			req.Header.Set("Origin", origin)
			want = http.StatusForbidden
		}
		resp, err := s.web.Do(req.Clone(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("from %q: answered %d, want %d", origin, resp.StatusCode, want)
		}
		if req.Body, err = req.GetBody(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhoSendsABatchSlowlyIsGivenUp holds that they can't hold all places.
func TestWhoSendsABatchSlowlyIsGivenUp(t *testing.T) {
	s := newScene(t)
	b, _ := s.bridge("http://127.0.0.1:9", func(c *Config) { c.Timeout, c.MaxBatches = 100*time.Millisecond, 1 }, "http://127.0.0.1:1/eureka")
	conn, err := net.Dial("tcp", b.Addresses().HTTP)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /eureka/peerreplication/batch/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(ops.DefaultHTTPConfig().ReadTimeout)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %v, %v", resp, err)
	}
}

// TestBatchesThatAreTooManyAreCounted, as a server that is refused says all of it again.
func TestBatchesThatAreTooManyAreCounted(t *testing.T) {
	b, _ := newScene(t).unstarted("http://127.0.0.1:9")
	for range b.config.MaxBatches {
		b.batches <- struct{}{}
	}
	answer := httptest.NewRecorder()
	b.handler().ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/eureka/peerreplication/batch/", strings.NewReader(`{"replicationList":[]}`)))
	families, err := b.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := 0.0
	for _, f := range families {
		if f.GetName() == prefix+"requests_total" {
			counted = f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	if answer.Code != http.StatusServiceUnavailable || counted != 1 {
		t.Errorf("answered %d, counted %v", answer.Code, counted)
	}
}

// TestOneQuestionHoldsUpNoOther has a server fail to say what it has of one instance; if
// it fails with one after the other, the rest isn't asked for.
func TestOneQuestionHoldsUpNoOther(t *testing.T) {
	for failing, want := range map[string]int{"/i-0": 9, "/": mostFailures} {
		asked := 0
		old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			code := http.StatusNotFound
			if strings.Contains(r.URL.Path, failing) {
				code = http.StatusInternalServerError
			}
			w.WriteHeader(code)
		}))
		defer old.Close()
		b, _ := newScene(t).unstarted(old.URL)
		b.with(func(s *sides.Sides, now model.Moment) {
			page := new(dialect.Applications)
			for i := range 9 {
				info := dialect.InfoOf(registered("APP", fmt.Sprintf("i-%d", i), "10.0.0.1"), dialect.Shown{})
				page.List = append(page.List, dialect.Application{Name: "APP", Instances: []dialect.Info{info}})
			}
			s.Page(now, now.Mono, page)
			items := make([]dialect.Item, 9)
			for i := range items {
				items[i] = dialect.Item{Action: dialect.Cancel, App: "APP", ID: fmt.Sprintf("i-%d", i)}
			}
			s.Batch(now, items)
		})
		b.askAll(t.Context(), new(health))
		if asked != want {
			t.Errorf("%s fails: asked %d times, want %d", failing, asked, want)
		}
	}
}

// TestPasswordsStayWithTheirServer has one send the bridge on to another.
func TestPasswordsStayWithTheirServer(t *testing.T) {
	var reached atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Store(true)
		for name, values := range r.Header {
			if name == "Authorization" || strings.Contains(strings.Join(values, " "), "secret") {
				t.Errorf("another server is told %s: %s", name, values)
			}
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	defer other.Close()
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "secret" {
			t.Error("the server isn't told the password")
		}
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}))
	defer old.Close()
	b, logged := newScene(t).unstarted(strings.Replace(old.URL, "//", "//user:secret@", 1))
	var h health
	h.failed(b, "read", b.readPage(t.Context(), b.reading()))
	if !reached.Load() || strings.Contains(logged.String(), "secret") || !strings.Contains(logged.String(), "user:xxxxx@") {
		t.Errorf("reached %v, logged %q", reached.Load(), logged)
	}
}

// unstarted returns a bridge that a test has do one thing by hand, and what it logs.
func (s *scene) unstarted(from ...string) (*Bridge, *bytes.Buffer) {
	s.t.Helper()
	c := DefaultConfig()
	c.From, c.To, c.HTTP, c.Admin = from, []string{"http://127.0.0.1:9"}, "127.0.0.1:0", "127.0.0.1:0"
	logged := new(bytes.Buffer)
	b, err := New(c, slog.New(slog.NewTextHandler(logged, nil)))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		b.client.CloseIdleConnections()
		if err := errors.Join(b.http.Close(), b.admin.Close()); err != nil {
			s.t.Error(err)
		}
	})
	return b, logged
}
