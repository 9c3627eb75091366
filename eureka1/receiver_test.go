package eureka1

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// receiver is a client's end of a request: it takes what it is sent at once or slowly, or has
// gone.
type receiver struct {
	*httptest.ResponseRecorder
	ctx   context.Context
	pause time.Duration // before each write is taken
	first func()        // called when the answer begins
}

func (k *receiver) begin() {
	if k.first != nil {
		k.first()
		k.first = nil
	}
}

func (k *receiver) WriteHeader(code int) {
	k.begin()
	k.ResponseRecorder.WriteHeader(code)
}

func (k *receiver) Write(p []byte) (int, error) {
	k.begin()
	if k.pause > 0 {
		select {
		case <-time.After(k.pause):
		case <-k.ctx.Done():
		}
	}
	if k.ctx.Err() != nil {
		return 0, errors.New("the client has gone")
	}
	return k.ResponseRecorder.Write(p)
}

// wish is a request that a client makes.
type wish struct {
	op     operation
	word   string // the application, vip, id or key that is asked for, or is written
	status model.Status
	body   string
	mark   int  // of what is written, its own
	passed bool // the node passes it on
	form   dialect.Form
	gzip   bool
	pause  time.Duration // see receiver
	leaves time.Duration // after which it is abandoned; 0: never
}

// request returns it as it is sent.
func (w *wish) request(ctx context.Context) *http.Request {
	base, tail := "/eureka", ""
	if w.form.V1() {
		base += "/v1"
	}
	switch {
	case w.op == opOverride, w.op == opClearOverride:
		tail = fmt.Sprintf("/status?value=%s&mark=%d", w.status, w.mark)
	case w.op == opMetadata:
		tail = fmt.Sprintf("/metadata?mark=%d", w.mark)
	case w.op.writes():
		tail = fmt.Sprintf("?mark=%d", w.mark)
	}
	r := httptest.NewRequestWithContext(ctx, methodOf[w.op], base+pathOf[w.op]+w.word+tail, strings.NewReader(w.body))
	r.Header.Set("Content-Type", dialect.JSON.ContentType())
	if w.form.Format() == dialect.JSON {
		r.Header.Set("Accept", dialect.JSON.ContentType())
	}
	if w.form.Compact() {
		r.Header.Set("X-Eureka-Accept", "compact")
	}
	if w.op.writes() && !w.passed {
		r.Header.Set(headerPassed, "a read node") // so that the answer names what was done
	}
	if w.gzip {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	return r
}

var (
	pathOf = map[operation]string{
		opApps: "/apps", opDelta: "/apps/delta", opApp: "/apps/", opInstance: "/apps/", opVIP: "/vips/", opSecureVIP: "/svips/",
		opInstanceByID: "/instances/", opOverrides: "/serverinfo/statusoverrides",
		opRegister: "/apps/", opHeartbeat: "/apps/", opCancel: "/apps/", opOverride: "/apps/", opClearOverride: "/apps/", opMetadata: "/apps/",
	}
	methodOf = map[operation]string{
		opRegister: "POST", opHeartbeat: "PUT", opCancel: "DELETE", opOverride: "PUT", opClearOverride: "DELETE", opMetadata: "PUT",
	}
)

// answer is what came of a wish, in time since the world's start.
type answer struct {
	wish
	code        int
	text        []byte        // of the document, unpacked
	began, made time.Duration // made: when the answer began
	floor       int           // the moment that it may not be older than
	newest      int           // the moment at which it was made
	reloads     int           // see twin, likewise
	floods      int           // likewise
	gone        bool          // it was abandoned
	done        string        // what was authored for it, as headerDone has it
}

// send makes a request and waits for the answer. The floor is that of its connection.
func (w *world) send(wish wish, floor int) *answer {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if wish.leaves > 0 {
		defer time.AfterFunc(wish.leaves, cancel).Stop()
	}
	a := &answer{wish: wish, began: w.now(), floor: max(floor, int(w.told.Load())), floods: int(w.floods.Load())}
	k := &receiver{ResponseRecorder: httptest.NewRecorder(), ctx: ctx, pause: wish.pause}
	k.first = func() {
		a.made, a.newest, a.reloads = w.now(), w.twin.newest(), w.twin.reloads()
		if k.Header().Get("Content-Type") != "" && !wish.op.writes() && wish.op != opInstance {
			w.twin.took(a.began, a.made, w.age)
		}
	}
	w.h.ServeHTTP(k, wish.request(ctx))
	a.code, a.gone, a.text, a.done = k.Code, ctx.Err() != nil, k.Body.Bytes(), k.Header().Get(headerDone)
	if k.Header().Get("Content-Encoding") == "gzip" && !a.gone {
		a.text = unzipped(w, a.text)
	}
	if a.made == 0 { // nothing was answered
		a.made, a.newest, a.reloads = w.now(), w.twin.newest(), w.twin.reloads()
	}
	return a
}

func unzipped(w *world, packed []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		w.failf("what is compressed can't be read: %v", err)
		return nil
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		w.failf("what is compressed ends after %d bytes: %v", len(text), err)
	}
	return text
}
