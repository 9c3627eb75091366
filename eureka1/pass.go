package eureka1

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"heureka/model"

	"github.com/cespare/xxhash/v2"
)

// A read node holds nothing, so what changes something goes to a write node, in the
// same words. Which one follows from the instance: the one that a client's requests
// have gone to before owns it, through whichever read nodes they come, as long as the
// same write nodes are ready. Where that one can't be reached, or wants no clients,
// another is asked. That is safe: each request may be repeated.

// attempts is at how many write nodes it is tried.
const attempts = 3

// headerPassed marks what a read node has passed on. One that gets such a request is
// taken for a write node by somebody's mistake, and doesn't pass it on once more.
const headerPassed = "Heureka-Passed-On"

// pass passes requests on to write nodes.
type pass struct {
	handler *Handler
	client  http.Client
}

func newPass(h *Handler) *pass {
	p := &pass{handler: h}
	p.client = http.Client{
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: h.config.Timeout}).DialContext,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     time.Minute,
			DisableCompression:  true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return p
}

// passOn answers with what a write node answers, or 503, whereupon clients try another
// server.
func (q *request) passOn(key model.Key, body []byte) int {
	if q.r.Header.Get(headerPassed) != "" {
		q.log.Warn("another read node passes Eureka 1 requests on to this one, as if it were a write node", "from", q.r.Header.Get(headerPassed))
		return q.empty(http.StatusServiceUnavailable)
	}
	nodes := writersFor(q.node.Peers(), key)
	for _, node := range nodes[:min(len(nodes), attempts)] {
		if code, done := q.try(node, body); done {
			return code
		}
		if q.r.Context().Err() != nil {
			break
		}
	}
	return q.empty(http.StatusServiceUnavailable)
}

// writersFor lists the write nodes that are ready, in an order that follows from the
// key (rendezvous, as in package cluster).
func writersFor(peers []Peer, key model.Key) []string {
	type candidate struct {
		http   string
		weight uint64
	}
	var all []candidate
	for _, p := range peers {
		if p.Write && p.Ready {
			all = append(all, candidate{p.HTTP, xxhash.Sum64String(p.HTTP + "\x00" + key.App + "\x00" + key.ID)})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		if a.weight > b.weight {
			return -1
		}
		return 1
	})
	nodes := make([]string, len(all))
	for i, c := range all {
		nodes[i] = c.http
	}
	return nodes
}

// try asks one write node. It is false if another may be asked, nothing having been
// answered yet.
func (q *request) try(node string, body []byte) (code int, done bool) {
	ctx, cancel := context.WithTimeout(q.r.Context(), q.config.Timeout)
	defer cancel()
	resp, err := q.ask(ctx, node, body)
	if err != nil {
		q.passed("unreachable")
		q.log.Debug("a write node doesn't answer", "node", node, "err", err)
		return 0, false
	}
	defer resp.Body.Close()
	answer, err := limited(resp.Body, q.config.MaxBatch)
	switch {
	case errors.Is(err, errTooLarge):
		q.passed("failed")
		return q.empty(http.StatusBadGateway), true
	case err != nil:
		q.passed("unreachable")
		return 0, false
	case resp.StatusCode == http.StatusServiceUnavailable:
		q.passed("refused")
		return 0, false
	}
	q.passed("answered")
	if done := resp.Header.Get(headerDone); done != "" {
		q.merged(done)
	}
	return q.repeat(resp, answer), true
}

func (q *request) passed(result string) { q.metrics.passed.WithLabelValues(result).Inc() }

// ask sends the request, with the headers that mean something.
func (q *request) ask(ctx context.Context, node string, body []byte) (*http.Response, error) {
	url := "http://" + node + q.r.URL.EscapedPath()
	if q.r.URL.RawQuery != "" {
		url += "?" + q.r.URL.RawQuery
	}
	req, err := http.NewRequestWithContext(ctx, q.r.Method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"Accept", "X-Eureka-Accept", "Content-Type", "Content-Encoding", "X-Netflix-Discovery-Replication"} {
		if value := q.r.Header.Get(name); value != "" {
			req.Header.Set(name, value)
		}
	}
	req.Header.Set(headerPassed, q.self.Name)
	return q.pass.client.Do(req)
}

// repeat answers as the write node did.
func (q *request) repeat(resp *http.Response, body []byte) int {
	if len(body) == 0 || q.r.Method == http.MethodHead {
		return q.empty(resp.StatusCode)
	}
	return q.body(resp.StatusCode, resp.Header.Get("Content-Type"), body)
}
