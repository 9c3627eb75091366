package eureka1

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"heureka/model"

	"github.com/prometheus/client_golang/prometheus"
)

// elsewhere is the write node of a world whose node is a read node. It answers at once, and
// what it did comes to that node some time later.
type elsewhere struct {
	w      *world
	h      *Handler // does it; nobody asks it for documents
	server *http.Server
	conns  chan net.Conn
	takes  atomic.Int64 // nanoseconds until what is done comes

	mu    sync.Mutex
	count uint64
	come  map[uint64]chan struct{} // by what it authored; closed when that has come
	shown map[string]int           // the moment since when it is shown, by the request's mark
}

// passOn has the world's node pass on what changes something.
func (w *world) passOn(config Config) {
	quiet := slog.New(slog.DiscardHandler)
	e := &elsewhere{w: w, conns: make(chan net.Conn), come: map[uint64]chan struct{}{}, shown: map[string]int{}}
	e.h = NewHandler(config, Self{}, w.loop, NewFeed(config), w.loop, nil, "test_", prometheus.NewRegistry(), quiet)
	e.server = &http.Server{Handler: http.HandlerFunc(e.serve)}
	w.elsewhere, w.peers = e, []Peer{{HTTP: "w", Write: true, Ready: true}}
	w.h = NewHandler(config, Self{Name: "r"}, w.loop, w.feed, nil, e, "test_", prometheus.NewRegistry(), quiet)
	w.h.pass.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		e.conns <- there
		return here, nil
	}
	go func() { _ = e.server.Serve(e) }() // until it is closed
}

// Accept implements net.Listener, as do Close and Addr.
func (e *elsewhere) Accept() (net.Conn, error) {
	if conn, ok := <-e.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (e *elsewhere) Close() error   { close(e.conns); return nil }
func (e *elsewhere) Addr() net.Addr { return &net.TCPAddr{} }

func (e *elsewhere) serve(out http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		answer := httptest.NewRecorder()
		e.h.ServeHTTP(answer, r)
		maps.Copy(out.Header(), answer.Header())
		out.WriteHeader(answer.Code)
		_, _ = out.Write(answer.Body.Bytes()) // to a pipe
		return
	}
	body, _ := io.ReadAll(r.Body) // whose length is known
	again := httptest.NewRequest(r.Method, r.RequestURI, bytes.NewReader(body))
	again.Header = r.Header.Clone()
	e.mu.Lock()
	e.count++
	number := e.count
	e.come[number] = make(chan struct{})
	e.mu.Unlock()
	e.w.wait.Go(func() { e.do(again, number) })
	out.Header().Set(headerDone, textOf(model.Dot{Incarnation: model.Incarnation{Name: "w"}, Seq: number}))
}

// do does what a request wants, later.
func (e *elsewhere) do(r *http.Request, number uint64) {
	time.Sleep(time.Duration(e.takes.Load()))
	answer := httptest.NewRecorder()
	e.h.ServeHTTP(answer, r)
	dot, ok := dotOf(answer.Header().Get(headerDone))
	if !ok {
		return // nothing was done
	}
	moment := e.w.momentOf(dot)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.shown[r.URL.Query().Get("mark")] = moment
	close(e.come[number])
}

// Merged implements Reader.
func (e *elsewhere) Merged(ctx context.Context, dot model.Dot) error {
	e.mu.Lock()
	come := e.come[dot.Seq]
	e.mu.Unlock()
	select {
	case <-come:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// acknowledged returns the moment since when something is shown; not if it isn't yet.
func (e *elsewhere) acknowledged(mark int) (moment int, is bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	moment, is = e.shown[strconv.Itoa(mark)]
	return moment, is
}
