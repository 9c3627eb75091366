package bridge

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"heureka/bridge/sides"
	"heureka/eureka1/dialect"
	"heureka/internal/ops"
	"heureka/model"
)

// maxItems bounds a batch from a server of the old cluster, which sends 250 at most.
const maxItems = 1000

// handler answers the old cluster's servers. To everything but batches it answers 503:
// a server that starts, and looks for a registry to copy, asks the next of its peers.
func (b *Bridge) handler() http.Handler {
	probes := http.NewServeMux()
	probes.Handle(ops.PathLive, ops.Liveness())
	probes.Handle(ops.PathReady, ops.Readiness(b.ready))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := strings.TrimRight(r.URL.Path, "/"); {
		case r.Method == http.MethodPost && strings.HasSuffix(path, "/peerreplication/batch"):
			b.batch(w, r)
		case path == ops.PathLive, path == ops.PathReady:
			probes.ServeHTTP(w, r)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

// batch takes what a server passes on. A web page could otherwise have its visitor's
// browser say it, where only that gets at the bridge.
func (b *Bridge) batch(w http.ResponseWriter, r *http.Request) {
	refuse := func(code int) {
		b.metrics.requests.WithLabelValues("batch", "refused").Inc()
		w.WriteHeader(code)
	}
	if b.origin.Check(r) != nil {
		refuse(http.StatusForbidden)
		return
	}
	select {
	case b.batches <- struct{}{}:
		defer func() { <-b.batches }()
	default:
		refuse(http.StatusServiceUnavailable)
		return
	}
	items, code := b.items(w, r)
	if code != 0 {
		refuse(code)
		return
	}
	var answers []dialect.Answer
	b.with(func(s *sides.Sides, now model.Moment) { answers = s.Batch(now, items) })
	b.metrics.requests.WithLabelValues("batch", "done").Inc()
	w.Header().Set("Content-Type", dialect.JSON.ContentType())
	_, _ = w.Write(dialect.AppendAnswers(nil, answers)) // who has gone sends it again
}

// items reads a batch, or returns the status to answer instead. Whoever is slow about it
// is given up: it holds a place that others may want.
func (b *Bridge) items(w http.ResponseWriter, r *http.Request) ([]dialect.Item, int) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(b.config.Timeout)) // where there is none to set, the server's own stands
	var from io.Reader = http.MaxBytesReader(w, r.Body, b.config.MaxBatch)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unzip, err := gzip.NewReader(from)
		if err != nil {
			return nil, http.StatusBadRequest
		}
		from = unzip
	}
	body, err := io.ReadAll(io.LimitReader(from, b.config.MaxBatch+1))
	var large *http.MaxBytesError
	if errors.As(err, &large) || int64(len(body)) > b.config.MaxBatch {
		return nil, http.StatusRequestEntityTooLarge
	}
	if err != nil {
		return nil, http.StatusBadRequest
	}
	_ = control.SetReadDeadline(time.Time{}) // likewise; or it would end the request later
	items, err := dialect.DecodeBatch(body, maxItems)
	if err != nil {
		b.log.Debug("a batch can't be read", "remote", r.RemoteAddr, "err", err)
		return nil, http.StatusBadRequest
	}
	return items, 0
}
