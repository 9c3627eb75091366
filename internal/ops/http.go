package ops

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"heureka/internal/kept"
)

// HTTPConfig bounds what one connection may cost an HTTP server. A connection
// that a handler has hijacked (a websocket) is beyond all of these.
type HTTPConfig struct {
	ReadHeaderTimeout time.Duration // from the first byte of a request to the end of its headers
	ReadTimeout       time.Duration // the same to the end of its body
	WriteTimeout      time.Duration // from the end of the headers to the end of the answer
	IdleTimeout       time.Duration // between two requests
	DrainTimeout      time.Duration // for the requests under way when the server stops
	MaxHeaderBytes    int           // of one request
}

// DefaultHTTPConfig returns limits fit for the service port.
func DefaultHTTPConfig() HTTPConfig {
	return HTTPConfig{
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		DrainTimeout:      5 * time.Second,
		MaxHeaderBytes:    32 << 10,
	}
}

// Validate says which limit makes no sense.
func (c HTTPConfig) Validate() error {
	for _, limit := range []struct {
		name  string
		value int64
	}{
		{"read header timeout", int64(c.ReadHeaderTimeout)},
		{"read timeout", int64(c.ReadTimeout)},
		{"write timeout", int64(c.WriteTimeout)},
		{"idle timeout", int64(c.IdleTimeout)},
		{"drain timeout", int64(c.DrainTimeout)},
		{"max header bytes", int64(c.MaxHeaderBytes)},
	} {
		if limit.value <= 0 {
			return fmt.Errorf("http: %s must be above zero", limit.name)
		}
	}
	return nil
}

// ErrAbort as the cause of a context's end (see [context.WithCancelCause]) makes
// a server stop at once, without a word to those it serves.
var ErrAbort = errors.New("abort")

// ServeHTTP serves handler on ln, which it closes, until ctx ends, and returns
// nil then. It stops accepting at once, lets requests under way finish within
// DrainTimeout and cuts off the rest; with [ErrAbort] as the cause it cuts off
// all of them at once. It returns when the goroutines of all connections have
// ended, except hijacked ones: those belong to who hijacked them and are neither
// waited for nor closed. The context of a request, of a hijacked one too, ends
// early only when requests are cut off.
//
// An error is a listener that failed; everything is cut off then.
func ServeHTTP(ctx context.Context, ln net.Listener, handler http.Handler, cfg HTTPConfig, log *slog.Logger) error {
	s := newHTTPServer(handler, cfg, log)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(kept.Listener{Listener: ln}) }()
	var failure error
	select {
	case err := <-ended:
		failure = fmt.Errorf("serve http on %s: %w", ln.Addr(), err)
		s.abort()
	case <-ctx.Done():
		s.stop(errors.Is(context.Cause(ctx), ErrAbort), cfg.DrainTimeout, log)
		<-ended
	}
	s.connections.Wait()
	return failure
}

// httpServer is an http.Server that knows when the goroutines of its connections
// have ended.
type httpServer struct {
	http.Server
	connections sync.WaitGroup     // those that are neither closed nor hijacked
	cut         context.CancelFunc // ends the contexts of all requests
}

func newHTTPServer(handler http.Handler, cfg HTTPConfig, log *slog.Logger) *httpServer {
	requests, cut := context.WithCancel(context.Background())
	s := &httpServer{cut: cut}
	s.Server = http.Server{
		Handler:           handler,
		ReadHeaderTimeout: cfg.ReadHeaderTimeout,
		ReadTimeout:       cfg.ReadTimeout,
		WriteTimeout:      cfg.WriteTimeout,
		IdleTimeout:       cfg.IdleTimeout,
		MaxHeaderBytes:    cfg.MaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return requests },
		ConnState:         s.count,
		ConnContext:       kept.Context,
	}
	return s
}

// count is told of every connection once when it is new, before its goroutine
// starts, and once at its end: closed by its goroutine as its last act, or
// hijacked.
func (s *httpServer) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.connections.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.connections.Done()
	}
}

func (s *httpServer) stop(atOnce bool, patience time.Duration, log *slog.Logger) {
	if atOnce {
		s.abort()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		log.Warn("requests cut off", "after", patience, "error", err)
		s.abort()
	}
}

// abort closes listener and connections. The errors of closing tell nothing that
// the ends of the goroutines don't.
func (s *httpServer) abort() {
	s.cut()
	_ = s.Close()
}
