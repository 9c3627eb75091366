package eureka1

import (
	"errors"
	"net/http"

	"heureka/eureka1/dialect"
	"heureka/eureka1/rules"
	"heureka/model"
)

// replicated reports whether the request comes from another Eureka server.
func (q *request) replicated() bool {
	// The name is as net/http keeps it: any other it would first turn into that.
	return q.r.Header.Get("X-Netflix-Discovery-Replication") == "true"
}

// write answers a request that changes something.
func (q *request) write() int {
	switch q.op {
	case opRegister:
		return q.register()
	case opBatch:
		return q.within(q.batches, q.batch)
	case opASG:
		return q.empty(http.StatusBadRequest) // there are no such groups
	case opMetadata:
		return q.metadata()
	default:
		return q.say()
	}
}

// register reads a registration; what is wrong with it is said here, whichever node
// it would go to.
func (q *request) register() int {
	format, ok := dialect.BodyFormat(q.r.Header.Get("Content-Type"))
	if !ok {
		return q.empty(http.StatusUnsupportedMediaType)
	}
	raw, body, err := q.readBody(q.config.MaxBody)
	if err != nil {
		return q.unread(err)
	}
	room := q.roomToRead(len(body))
	info, err := room.DecodeInstance(format, body)
	if err != nil {
		q.log.Debug("a registration can't be read", "remote", q.r.RemoteAddr, "err", err)
		return q.unparseable(format)
	}
	word := rules.Registration(q.route.app, info, q.replicated(), &room.Instance)
	if err := word.Refusal(); err != nil {
		return q.refuse(err, format)
	}
	return q.do(word, raw)
}

// refuse answers that a registration is read and can't be taken.
func (q *request) refuse(err error, format dialect.Format) int {
	var refusal *dialect.Refusal
	if errors.As(err, &refusal) {
		return q.text(http.StatusBadRequest, refusal.Text)
	}
	return q.unparseable(format)
}

// metadata reads what is to be added from the query.
func (q *request) metadata() int {
	table, err := dialect.ParseMetadata(q.r.URL.RawQuery)
	if err != nil {
		return q.text(http.StatusBadRequest, err.Error())
	}
	return q.do(rules.Word{Action: rules.Metadata, Key: q.key(), Metadata: table, Peer: q.replicated()}, nil)
}

// say reads a heartbeat, a cancellation, or an override's beginning or end. Whatever
// body there is says nothing.
func (q *request) say() int {
	query, err := dialect.ParseQuery(q.r.URL.RawQuery)
	if err != nil {
		return q.text(http.StatusBadRequest, err.Error())
	}
	word := rules.Word{Key: q.key(), LastDirtyMs: query.LastDirtyMs, Peer: q.replicated()}
	switch q.op {
	case opHeartbeat:
		word.Action, word.Overridden = dialect.Heartbeat, query.Overridden
	case opCancel:
		word.Action = dialect.Cancel
	case opOverride:
		word.Action, word.Status = dialect.StatusUpdate, query.Value
	case opClearOverride:
		word.Action = dialect.DeleteStatusOverride
	}
	return q.do(word, nil)
}

func (q *request) key() model.Key { return model.NewKey(q.route.app, q.route.id) }

// do has one word applied, here or at a write node, and answers.
func (q *request) do(word rules.Word, raw []byte) int {
	if q.writer == nil {
		return q.passOn(word.Key, raw)
	}
	q.word[0] = word
	if !q.apply(q.word[:], q.said[:]) {
		return q.empty(http.StatusServiceUnavailable)
	}
	if q.said[0].Code == http.StatusOK {
		q.tell(&word)
	}
	switch a := &q.said[0]; {
	case a.Instance != nil:
		info := dialect.InfoOf(a.Instance, dialect.ShownAt(a.Instance, a.Version))
		return q.instanceDocument(a.Code, &info)
	case a.Text != "":
		return q.text(a.Code, a.Text)
	default:
		return q.empty(a.Code)
	}
}

// apply has words applied together, in their order. It is false if the node didn't,
// or may not have done so in time: then it may do so yet, and write answers that nobody
// reads.
func (q *request) apply(words []rules.Word, answers []rules.Answer) bool {
	// A renewal is nothing that would be published.
	looks := len(words) == 1 && words[0].Action == dialect.Heartbeat && !words[0].Peer
	q.words, q.answers = words, answers
	dot, err := q.writer.Do(q.deadlines.next(), looks, q.rule)
	if err != nil {
		q.late = true
		q.log.Debug("a Eureka 1 client is sent elsewhere", "err", err)
		return false
	}
	q.done(dot)
	return true
}

// decide applies the words, where the registry is owned.
func (q *request) decide(r rules.Registry) {
	for i := range q.words {
		q.answers[i] = rules.Apply(r, &q.words[i])
	}
}

// tell logs what people ordered and was done.
func (q *request) tell(w *rules.Word) {
	if (w.Action == dialect.StatusUpdate || w.Action == dialect.DeleteStatusOverride) && !w.Peer {
		q.log.Info("override: an operator's order", "key", w.Key.String(), "status", string(w.Status), "remote", q.r.RemoteAddr)
	}
}
