package ops

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// maxScrapes is how many requests for metrics are answered at the same time.
const maxScrapes = 4

// ServeAdmin serves the admin port on ln, which it closes: /metrics from reg and
// Go's profiles under /debug/pprof/. It returns nil after ctx has ended and all
// its goroutines have; a request under way gets a second, not at all with
// [ErrAbort] as the cause. An error is a listener that failed.
//
// Nothing here asks who is there: the port belongs where only operators reach it.
func ServeAdmin(ctx context.Context, ln net.Listener, reg *prometheus.Registry, log *slog.Logger) error {
	cfg := DefaultHTTPConfig()
	cfg.DrainTimeout = time.Second
	return ServeHTTP(ctx, ln, adminHandler(reg, log), cfg, log)
}

func adminHandler(reg *prometheus.Registry, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "/metrics\n/debug/pprof/\n")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{
		ErrorLog:            slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		MaxRequestsInFlight: maxScrapes,
		Registry:            reg,
	}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
