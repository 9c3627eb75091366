package eureka1

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"heureka/eureka1/dialect"
	"heureka/eureka1/rules"

	"github.com/prometheus/client_golang/prometheus"
)

// Handler answers the requests of Eureka 1 clients.
type Handler struct {
	config  Config
	self    Self
	node    Node
	feed    *Feed
	writer  Writer // of a write node; nil: pass is used
	reader  Reader // of a read node
	pass    *pass
	reads   chan struct{} // holds one for each being answered
	slow    chan struct{} // likewise, instead of one in reads: its client is slow to take it
	quick   time.Duration // see the constant
	writes  chan struct{} // likewise
	batches chan struct{} // likewise, beside one in writes
	start   time.Time
	origin  *http.CrossOriginProtection
	metrics *metrics
	log     *slog.Logger

	deadlines deadlines // of what is asked of the writer
	bodies    sync.Pool // of *[bodyRoom]byte
	rooms     sync.Pool // of *dialect.Room
	requests  sync.Pool // of *request
	zips      sync.Pool // of *pages.Deflater
}

// NewHandler returns a handler of what the feed holds; nil if that is nil. What
// changes something goes to the writer, or if that is nil, to a write node among the
// node's peers; then the reader tells when it shows. Prefix begins the names of its
// metrics.
func NewHandler(config Config, self Self, node Node, feed *Feed, writer Writer, reader Reader, prefix string, registerer prometheus.Registerer, log *slog.Logger) *Handler {
	if feed == nil {
		return nil
	}
	h := &Handler{
		config: config, self: self, node: node, feed: feed, writer: writer, reader: reader,
		reads: make(chan struct{}, config.MaxReads), slow: make(chan struct{}, config.MaxSlow), quick: quick, writes: make(chan struct{}, config.MaxWrites),
		batches: make(chan struct{}, config.MaxBatches),
		start:   time.Now(), origin: http.NewCrossOriginProtection(), log: log,
	}
	h.deadlines.after = config.Timeout
	h.metrics = newMetrics(h, prefix, registerer)
	if writer == nil {
		h.pass = newPass(config)
	}
	return h
}

// Close lets go of connections to other nodes. It is called when all requests have
// been answered, and does nothing on nil.
func (h *Handler) Close() {
	if h != nil && h.pass != nil {
		h.pass.transport.CloseIdleConnections()
	}
}

// Before returns a handler that answers what is Eureka 1's and leaves everything else
// to another. It stands before any mux: these redirect, which clients don't follow.
func (h *Handler) Before(other http.Handler) http.Handler {
	if h == nil {
		return other
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.EscapedPath(); serves(path) {
			h.serve(w, r, path)
			return
		}
		other.ServeHTTP(w, r)
	})
}

// ServeHTTP answers a request of a Eureka 1 client.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.serve(w, r, r.URL.EscapedPath())
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request, path string) {
	q := h.begin(w, r)
	q.route = routeOf(path)
	q.op = q.route.operation(r.Method)
	if r.Method == http.MethodHead {
		q.w = headOnly{w}
	}
	h.metrics.count(q.op.orNone(), q.answer())
	h.end(q)
}

// begin returns the request that is to be answered, in memory that is used again.
func (h *Handler) begin(w http.ResponseWriter, r *http.Request) *request {
	q, ok := h.requests.Get().(*request)
	if !ok {
		q = &request{Handler: h}
		q.rule = q.decide
	}
	q.w, q.r = w, r
	return q
}

// end gives back the memory that nobody looks at any more.
func (h *Handler) end(q *request) {
	if q.lent != nil {
		h.bodies.Put(q.lent)
	}
	if q.late {
		return
	}
	if q.decoding != nil {
		h.rooms.Put(q.decoding)
	}
	*q = request{Handler: h, rule: q.rule}
	h.requests.Put(q)
}

// request is one that is being answered. Its methods return the status that they
// answered with.
type request struct {
	*Handler
	w     http.ResponseWriter
	r     *http.Request
	route route
	op    operation

	words   []rules.Word   // what it wants done
	answers []rules.Answer // to each
	word    [1]rules.Word  // words, if that is one thing
	said    [1]rules.Answer
	rule    func(rules.Registry) // decide, as a value that is made once
	late    bool                 // it was answered before the node was done: that may look at all this yet

	lent     *[bodyRoom]byte // in which its body lies; nil: that has memory of its own
	decoding *dialect.Room   // in which that is read; nil: likewise
}

func (q *request) answer() int {
	switch q.op {
	case opNone:
		return q.empty(http.StatusNotFound)
	case "":
		q.w.Header().Set("Allow", q.route.allowed())
		return q.empty(http.StatusMethodNotAllowed)
	}
	// A web page of another origin could otherwise have its visitor's browser say it.
	if q.op.writes() && q.origin.Check(q.r) != nil {
		return q.empty(http.StatusForbidden)
	}
	if q.op.writes() {
		return q.within(q.writes, q.write)
	}
	select {
	case q.reads <- struct{}{}:
		return q.reading()
	default:
		return q.empty(http.StatusServiceUnavailable)
	}
}

// within serves a request if there is room for one more. Otherwise its client had
// better ask another server.
func (q *request) within(room chan struct{}, serve func() int) int {
	select {
	case room <- struct{}{}:
		defer func() { <-room }()
		return serve()
	default:
		return q.empty(http.StatusServiceUnavailable)
	}
}

// empty answers without a body, which is what clients want of whatever isn't a
// document: some take any body for one.
func (q *request) empty(code int) int {
	q.w.WriteHeader(code)
	return code
}

// text answers with a text for people.
func (q *request) text(code int, text string) int {
	return q.body(code, "text/plain; charset=utf-8", []byte(text))
}

// unparseable answers that the body can't be read, in its own format.
func (q *request) unparseable(format dialect.Format) int {
	return q.body(http.StatusBadRequest, format.ContentType(), dialect.AppendError(nil, format, dialect.ErrUnparseable.Error()))
}

func (q *request) body(code int, contentType string, body []byte) int {
	header := q.w.Header()
	header.Set("Content-Type", contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	q.w.WriteHeader(code)
	_, _ = q.w.Write(body) // a peer that has gone needs no answer
	return code
}

// form returns the form of documents that the request asks for.
func (q *request) form() dialect.Form {
	header := q.r.Header
	return dialect.FormOf(header.Get("Accept"), header.Get("X-Eureka-Accept"), q.route.v1)
}

// orNone returns the operation for a metric.
func (op operation) orNone() operation {
	if op == "" {
		return opNone
	}
	return op
}

// headOnly drops what is written: the answer to HEAD.
type headOnly struct{ http.ResponseWriter }

func (headOnly) Write(p []byte) (int, error) { return len(p), nil }
