package eureka1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
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
	transport http.Transport
	warned    atomic.Int64 // Unix seconds, when people were last told of what comes in circles
}

func newPass(config Config) *pass {
	return &pass{transport: http.Transport{
		DialContext:         (&net.Dialer{Timeout: config.Timeout}).DialContext,
		MaxIdleConnsPerHost: config.MaxWrites, // as many as were in use: to open one costs more than a heartbeat
		IdleConnTimeout:     time.Minute,
		DisableCompression:  true,
	}}
}

// passOn answers with what a write node answers, or 503, whereupon clients try another
// server.
func (q *request) passOn(key model.Key, body []byte) int {
	if q.circular() {
		return q.empty(http.StatusServiceUnavailable)
	}
	return q.repeat(q.relay(writersFor(q.node.Peers(), key), q.content(body)))
}

// circular reports whether another read node has passed the request on already.
func (q *request) circular() bool {
	from := q.r.Header.Get(headerPassed)
	if from == "" {
		return false
	}
	q.passed(passedCircular)
	if q.pass.warns(time.Now()) {
		q.log.Warn("another read node passes Eureka 1 requests on to this one, as if it were a write node", "from", fmt.Sprintf("%.80s", from))
	}
	return true
}

// content is what is passed on.
type content struct {
	body   []byte
	packed []string // as the header Content-Encoding has it
}

// content returns the request's own.
func (q *request) content(body []byte) content { return content{body, q.r.Header["Content-Encoding"]} }

// reply is what a write node answers.
type reply struct {
	code        int
	contentType string
	body        []byte
}

// relay asks write nodes in their order, and returns what the first answers that does:
// 503 if none does. It waits until this node shows what that one has done. Before each it
// looks whether this node stood still, which it may have done while the one before didn't
// answer.
func (q *request) relay(nodes []string, c content) reply {
	for _, node := range nodes[:min(len(nodes), attempts)] {
		if q.node.State().Waking {
			break
		}
		if r, done := q.try(node, c); done {
			return r
		}
		if q.r.Context().Err() != nil {
			break
		}
	}
	return reply{code: http.StatusServiceUnavailable}
}

// warns reports whether people are to be told, once a minute: anybody can say that header,
// and as often as he likes.
func (p *pass) warns(now time.Time) bool {
	last := p.warned.Load()
	return now.Unix()-last >= 60 && p.warned.CompareAndSwap(last, now.Unix())
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
			all = append(all, candidate{p.HTTP, weight(p.HTTP, key)})
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

// weight returns how well a key goes with a node.
func weight(node string, key model.Key) uint64 {
	var room [256]byte // enough for most
	text := append(append(room[:0], node...), 0)
	text = append(append(text, key.App...), 0)
	return xxhash.Sum64(append(text, key.ID...))
}

// try asks one write node. It is false if another may be asked.
func (q *request) try(node string, c content) (r reply, done bool) {
	ctx, cancel := context.WithTimeout(q.r.Context(), q.config.Timeout)
	defer cancel()
	resp, err := q.ask(ctx, node, c)
	if err != nil {
		q.passed(passedUnreachable)
		q.log.Debug("a write node doesn't answer", "node", node, "err", err)
		return reply{}, false
	}
	defer resp.Body.Close()
	answer, err := q.answerOf(resp)
	switch {
	case errors.Is(err, errTooLarge):
		q.passed(passedFailed)
		return reply{code: http.StatusBadGateway}, true
	case err != nil:
		q.passed(passedUnreachable)
		return reply{}, false
	case resp.StatusCode == http.StatusServiceUnavailable:
		q.passed(passedRefused)
		return reply{}, false
	}
	q.passed(passedAnswered)
	if done := resp.Header.Get(headerDone); done != "" {
		q.merged(done)
	}
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), answer}, true
}

func (q *request) passed(result string) { q.metrics.passed.WithLabelValues(result).Inc() }

// answerOf reads what a write node answers.
func (q *request) answerOf(resp *http.Response) ([]byte, error) {
	if resp.ContentLength == 0 {
		return nil, nil
	}
	return limited(resp.Body, q.config.MaxBatch)
}

// ask sends the request, with the headers that mean something.
func (q *request) ask(ctx context.Context, node string, c content) (*http.Response, error) {
	from := q.r.URL
	req := http.Request{
		Method: q.r.Method,
		URL:    &url.URL{Scheme: "http", Host: node, Path: from.Path, RawPath: from.RawPath, RawQuery: from.RawQuery},
		Header: http.Header{
			headerPassed: {q.self.Name},
			// Without a value it isn't sent. It says that the request may be repeated when a
			// kept connection turns out to be dead.
			"Idempotency-Key": {},
		},
	}
	for _, name := range [...]string{"Accept", "X-Eureka-Accept", "Content-Type", "X-Netflix-Discovery-Replication"} {
		if values := q.r.Header[name]; len(values) > 0 {
			req.Header[name] = values[:1]
		}
	}
	if len(c.packed) > 0 {
		req.Header["Content-Encoding"] = c.packed[:1]
	}
	if body := c.body; len(body) > 0 {
		req.ContentLength = int64(len(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	return q.pass.transport.RoundTrip(req.WithContext(ctx))
}

// repeat answers as the write node did.
func (q *request) repeat(r reply) int {
	if len(r.body) == 0 || q.r.Method == http.MethodHead {
		return q.empty(r.code)
	}
	return q.body(r.code, r.contentType, r.body)
}
