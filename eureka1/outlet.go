package eureka1

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"heureka/eureka1/served"
)

// quick is within what time most clients have taken their document. Who has by then
// leaves no trace; the others no longer take the room of those who come.
const quick = 250 * time.Millisecond

// step is how much is written at a time, and for which a slow client has Config.Patience.
// Sockets take much at a time, as they want a third of their room free first; and the more
// writes there are, the more a large document costs.
const step = 1 << 20

// outlet is what a document leaves through. One that its client doesn't take at once
// becomes slow: it gives up its place in Handler.reads for one in Handler.slow, and has
// a deadline, which is renewed on the way. If there is no place or the deadline
// passes, the rest is broken off. Until then it costs one timer, and no deadline.
//
// It is for the goroutine of its request. Only linger runs in one of its own.
type outlet struct {
	http.ResponseWriter
	q     *request
	begun time.Time
	timer *time.Timer // nil: nothing has been written yet
	since int         // bytes taken since the deadline was renewed

	late  atomic.Bool // the client is slow
	mutex sync.Mutex
	place chan struct{} // holds one for the document; nil: none
	filed bool          // it is sent from a file
}

// reading serves a request for a document, which has its place in reads.
func (q *request) reading() int {
	o := &outlet{ResponseWriter: q.w, q: q, begun: time.Now(), place: q.reads}
	q.w = o
	defer o.leave()
	return q.read()
}

// Unwrap gives http.ResponseController what it controls.
func (o *outlet) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// Write writes in steps.
func (o *outlet) Write(p []byte) (n int, err error) {
	o.start()
	for {
		taken, err := o.ResponseWriter.Write(p[n:min(len(p), n+step)])
		n += taken
		if o.took(taken, err); err != nil || n == len(p) {
			return n, err
		}
	}
}

// ReadFrom implements io.ReaderFrom for a page, as much at a time as is in a step. From a
// file it goes only to who is quick; linger ends that.
func (o *outlet) ReadFrom(src io.Reader) (n int64, err error) {
	to, direct := o.ResponseWriter.(io.ReaderFrom)
	page, ours := src.(*served.Sending)
	if ours && !direct {
		page.Unfile()
	}
	if !direct || !ours {
		return io.Copy(struct{ io.Writer }{o}, src)
	}
	o.start()
	if page.InFile() {
		if err := o.file(page); err != nil {
			return 0, err
		}
		defer o.unfile(page)
	}
	for page.Left() > 0 {
		if page.InFile() && o.late.Load() {
			o.unfile(page)
		}
		taken, err := to.ReadFrom(page.Step(step))
		n += taken
		if page.InFile() && errors.Is(err, errors.ErrUnsupported) {
			o.unfile(page)
			continue
		}
		if page.InFile() && o.late.Load() && isTimeout(err) {
			continue // it was linger
		}
		if o.took(int(taken), err); err != nil {
			return n, err
		}
	}
	return n, nil
}

// file begins to send from a file. The head has left before: a deadline that ends its
// write breaks the connection off, one that ends the sending of a file doesn't. The file
// isn't held meanwhile, since a client may take its time over what it asked for before.
func (o *outlet) file(page *served.Sending) error {
	page.Unfile()
	if err := http.NewResponseController(o.ResponseWriter).Flush(); errors.Is(err, http.ErrNotSupported) {
		return nil
	} else if err != nil {
		o.took(0, err)
		return err
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if !o.late.Load() && o.place != nil { // or nobody would end it
		o.filed = page.Refile()
	}
	return nil
}

// unfile ends that: what is left is sent from memory. If it was linger that ended it, its
// client has time for another step.
func (o *outlet) unfile(page *served.Sending) {
	page.Unfile()
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.filed && o.late.Load() {
		o.deadline(time.Now().Add(o.q.config.Patience))
	}
	o.filed = false
}

// start begins to count the time, with the first byte.
func (o *outlet) start() {
	if o.timer == nil {
		o.timer = time.AfterFunc(o.q.quick, o.linger)
	}
}

// took notes what the connection has taken, or why it hasn't.
func (o *outlet) took(n int, err error) {
	if err != nil {
		if o.late.Load() && isTimeout(err) {
			o.q.metrics.broken.WithLabelValues(brokenStalled).Inc()
		}
		o.late.Store(false) // it is told once
		return
	}
	if o.since += n; o.since >= step/2 {
		o.since = 0
		if o.late.Load() {
			o.renew()
		}
	}
}

// linger is called when the client hasn't been quick.
func (o *outlet) linger() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.place == nil {
		return // it has left just now
	}
	<-o.place
	o.place = nil
	select {
	case o.q.slow <- struct{}{}:
		o.place = o.q.slow
		o.late.Store(true)
		if o.filed {
			o.deadline(longAgo())
		} else {
			o.deadline(time.Now().Add(o.q.config.Patience))
		}
	default:
		o.q.metrics.broken.WithLabelValues(brokenCrowded).Inc()
		o.deadline(longAgo())
	}
}

// longAgo is a deadline that ends what waits.
func longAgo() time.Time { return time.Unix(1, 0) }

// renew gives a slow client time for another step.
func (o *outlet) renew() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.deadline(time.Now().Add(o.q.config.Patience))
}

// deadline sets until when something must be taken, never later than the server has it.
func (o *outlet) deadline(at time.Time) {
	if end := o.end(); !end.IsZero() && end.Before(at) {
		at = end
	}
	_ = http.NewResponseController(o.ResponseWriter).SetWriteDeadline(at) // where there is none to set, nobody waits
}

// end returns when the server wants the whole answer to have been taken, the zero time
// if it doesn't mind.
func (o *outlet) end() time.Time {
	server, ok := o.q.r.Context().Value(http.ServerContextKey).(*http.Server)
	if !ok || server.WriteTimeout <= 0 {
		return time.Time{}
	}
	return o.begun.Add(server.WriteTimeout)
}

// leave gives back the place. A deadline stands for what is still in the server's own
// buffers, and ends with the answer.
func (o *outlet) leave() {
	if o.timer != nil {
		o.timer.Stop()
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.place != nil {
		<-o.place
		o.place = nil
	}
}
