package ops

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"heureka/internal/kept"
)

// counted is a socket that counts the calls to read from it.
type counted struct {
	piped
	calls *atomic.Int32
}

func (c counted) Read(p []byte) (int, error) { c.calls.Add(1); return c.piped.Read(p) }

// waiting is a handler that reads a body and answers, when it is told to, how long it was
// and whether the request's context has ended.
type waiting struct {
	dontLook bool
	tooLate  bool // to say so, of requests without a body
	answer   chan struct{}
	told     chan string
}

func (h *waiting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.dontLook {
		kept.DontLook(r)
	}
	body, _ := io.ReadAll(r.Body)
	<-h.answer
	if h.tooLate && r.ContentLength == 0 {
		kept.DontLook(r)
	}
	text := fmt.Sprint(len(body), r.Context().Err() != nil)
	h.told <- text
	_, _ = io.WriteString(w, text)
}

// looking serves one connection in virtual time.
type looking struct {
	handler waiting
	calls   atomic.Int32
	conn    net.Conn
	from    *bufio.Reader
}

func look(t *testing.T, dontLook bool, play func(*looking)) {
	synctest.Test(t, func(t *testing.T) {
		l := &looking{handler: waiting{dontLook: dontLook, answer: make(chan struct{}), told: make(chan string, 1)}}
		at, ended := pipes{make(chan net.Conn), make(chan struct{})}, make(chan error, 1)
		ctx, stop := context.WithCancelCause(t.Context())
		go func() { ended <- ServeHTTP(ctx, at, &l.handler, DefaultHTTPConfig(), quiet()) }()
		conn, server := net.Pipe()
		at.conns <- counted{piped{server}, &l.calls}
		l.conn, l.from = conn, bufio.NewReader(conn)
		play(l)
		conn.Close()
		stop(ErrAbort)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func posted(body string) string {
	return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

// TestWhoDoesntLookIsServedAlike holds what kept.DontLook relies on of net/http: that a
// look which finds nothing has ended, and that the next request is read as ever.
func TestWhoDoesntLookIsServedAlike(t *testing.T) {
	for _, dontLook := range []bool{false, true} {
		look(t, dontLook, func(l *looking) {
			for range 3 {
				synctest.Wait() // until the request is awaited
				before := l.calls.Load()
				say(t, l.conn, posted("four"))
				synctest.Wait()
				// The read that a request came by was begun before it. What is begun with the
				// body's end is the look.
				if looked := l.calls.Load() > before; looked == dontLook {
					t.Errorf("dontLook %t: looked %t", dontLook, looked)
				}
				l.handler.answer <- struct{}{}
				if got := answered(t, l.from); got != "4 false" || <-l.handler.told != got {
					t.Errorf("dontLook %t: %q", dontLook, got)
				}
			}
		})
	}
}

// TestPipelinedRequestsAreAnsweredInTurn holds the same where the next request is there.
func TestPipelinedRequestsAreAnsweredInTurn(t *testing.T) {
	for _, dontLook := range []bool{false, true} {
		look(t, dontLook, func(l *looking) {
			go io.WriteString(l.conn, posted("four")+posted("three"))
			for _, want := range []string{"4 false", "5 false"} {
				l.handler.answer <- struct{}{}
				if got := answered(t, l.from); got != want || <-l.handler.told != want {
					t.Errorf("dontLook %t: %q instead of %q", dontLook, got, want)
				}
			}
		})
	}
}

// TestAClientThatHasGoneIsNoticed while a request waits, unless nobody looks.
func TestAClientThatHasGoneIsNoticed(t *testing.T) {
	for _, dontLook := range []bool{false, true} {
		look(t, dontLook, func(l *looking) {
			say(t, l.conn, posted("four"))
			l.conn.Close()
			synctest.Wait()
			l.handler.answer <- struct{}{}
			if got, want := <-l.handler.told, fmt.Sprint(4, !dontLook); got != want {
				t.Errorf("dontLook %t: %q instead of %q", dontLook, got, want)
			}
		})
	}
}

// TestABodyInPartsIsLookedBehind holds that not to look spares no read but the look.
func TestABodyInPartsIsLookedBehind(t *testing.T) {
	look(t, true, func(l *looking) {
		request := posted("four")
		say(t, l.conn, request[:len(request)-2])
		synctest.Wait()
		say(t, l.conn, request[len(request)-2:])
		l.conn.Close()
		synctest.Wait()
		l.handler.answer <- struct{}{}
		if got := <-l.handler.told; got != "4 true" {
			t.Error(got)
		}
	})
}

// TestNotToLookIsNotForTheNext holds that a request whose look has begun, since it has no
// body, leaves nothing to the one behind it.
func TestNotToLookIsNotForTheNext(t *testing.T) {
	look(t, false, func(l *looking) {
		l.handler.tooLate = true
		say(t, l.conn, posted("")+posted(""))
		synctest.Wait()
		l.handler.answer <- struct{}{}
		if got := answered(t, l.from); got != "0 false" || <-l.handler.told != got {
			t.Error(got)
		}
		synctest.Wait()
		l.conn.Close()
		synctest.Wait()
		l.handler.answer <- struct{}{}
		if got := <-l.handler.told; got != "0 true" {
			t.Error(got)
		}
	})
}
