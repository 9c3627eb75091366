package ops

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"heureka/internal/nowait"
	"heureka/internal/socket"
)

// These hold what a server's limits promise, whatever its connections are made of.

// dialed returns a connection to a server, which it ends with the test.
func dialed(t *testing.T, handler http.Handler, cfg HTTPConfig) (net.Conn, *bufio.Reader) {
	t.Helper()
	addr, stop, returned := serving(t, handler, cfg)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		stop(ErrAbort)
		if err := <-returned; err != nil {
			t.Error(err)
		}
	})
	return conn, bufio.NewReader(conn)
}

func say(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

// answered reads an answer and returns its body.
func answered(t *testing.T, from *bufio.Reader) string {
	t.Helper()
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

const plain = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

// piped is a socket in memory, whose time may be virtual.
type piped struct{ net.Conn }

func (p piped) ReadFrom(src io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{p.Conn}, src)
}

func (p piped) CloseWrite() error { return p.Close() }

// pipes is a listener of such sockets.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

// TestServeHTTPEndsWhatTakesTooLong in virtual time, and so to the moment.
func TestServeHTTPEndsWhatTakesTooLong(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	const limit = 3 * time.Second
	for name, c := range map[string]struct {
		cfg  HTTPConfig
		says string
	}{
		"first headers": {says: "GET / HTTP/1.1\r\nHo", cfg: HTTPConfig{ReadHeaderTimeout: limit, IdleTimeout: time.Hour}},
		"next headers":  {says: plain + "GET / HTTP/1.1\r\nHo", cfg: HTTPConfig{ReadHeaderTimeout: limit, IdleTimeout: time.Hour}},
		"idle":          {says: plain, cfg: HTTPConfig{ReadHeaderTimeout: time.Hour, IdleTimeout: limit}},
	} {
		t.Run(name, func(t *testing.T) {
			c.cfg.ReadTimeout, c.cfg.WriteTimeout = time.Hour, time.Hour
			c.cfg.MaxHeaderBytes = 1 << 10
			synctest.Test(t, func(t *testing.T) {
				at, ended := pipes{make(chan net.Conn), make(chan struct{})}, make(chan error, 1)
				ctx, stop := context.WithCancelCause(t.Context())
				go func() { ended <- ServeHTTP(ctx, at, hello, c.cfg, quiet()) }()
				conn, server := net.Pipe()
				at.conns <- piped{server}
				from := bufio.NewReader(conn)
				say(t, conn, c.says)
				if len(c.says) >= len(plain) {
					if body := answered(t, from); body != "hello" {
						t.Error(body)
					}
				}
				begun := time.Now()
				if _, err := io.Copy(io.Discard, from); err != nil {
					t.Error(err)
				}
				if took := time.Since(begun); took != limit {
					t.Errorf("closed after %v", took)
				}
				conn.Close()
				stop(ErrAbort)
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestServeHTTPEndsABodyThatTakesTooLong(t *testing.T) {
	cfg := DefaultHTTPConfig()
	cfg.ReadTimeout = 300 * time.Millisecond
	failed := make(chan error, 1)
	conn, _ := dialed(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		failed <- err
	}), cfg)
	say(t, conn, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
	var timeout net.Error
	if err := <-failed; !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Error(err)
	}
}

func TestServeHTTPEndsAnAnswerThatNobodyTakes(t *testing.T) {
	cfg := DefaultHTTPConfig()
	cfg.WriteTimeout = 300 * time.Millisecond
	failed := make(chan error, 1)
	conn, _ := dialed(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				failed <- err
				return
			}
		}
	}), cfg)
	say(t, conn, plain)
	var timeout net.Error
	if err := <-failed; !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Error(err)
	}
}

func TestServeHTTPTellsAHandlerThatItsClientHasGone(t *testing.T) {
	for name, request := range map[string]string{
		"without a body": plain,
		"with a body":    "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
	} {
		t.Run(name, func(t *testing.T) {
			entered, left := make(chan struct{}, 2), make(chan error, 2)
			conn, from := dialed(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err != nil {
					t.Error(err)
				}
				if r.Header.Get("Quick") != "" {
					return
				}
				entered <- struct{}{}
				<-r.Context().Done()
				left <- r.Context().Err()
			}), DefaultHTTPConfig())
			for range 3 { // and it stays so
				say(t, conn, "GET / HTTP/1.1\r\nHost: x\r\nQuick: yes\r\n\r\n")
				answered(t, from)
			}
			say(t, conn, request)
			<-entered
			conn.Close()
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}

func TestServeHTTPAnswersRequestsThatCameTogether(t *testing.T) {
	conn, from := dialed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprint(w, string(body), err)
	}), DefaultHTTPConfig())
	for _, n := range []int{1, 2, 50} {
		for i := range n {
			say(t, conn, fmt.Sprintf("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n%03d", i))
		}
		for i := range n {
			if got, want := answered(t, from), fmt.Sprintf("%03d<nil>", i); got != want {
				t.Errorf("%q instead of %q", got, want)
			}
		}
	}
}

func TestServeHTTPGivesTheSocketAway(t *testing.T) {
	ended := make(chan error, 1)
	conn, from := dialed(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		control, past := http.NewResponseController(w), time.Unix(1, 0)
		ended <- errors.Join(control.SetReadDeadline(past), control.SetWriteDeadline(past), echo(w))
	}), DefaultHTTPConfig())
	say(t, conn, plain+"early\n")
	for _, next := range []string{"later\n", "again\n", ""} {
		if line, err := from.ReadString('\n'); err != nil {
			t.Error(line, err)
		}
		say(t, conn, next)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// echo takes a request's socket and writes back three lines past the connection. Then
// it breaks off a read.
func echo(w http.ResponseWriter) error {
	taken, err := socket.Take(w)
	if err != nil {
		return err
	}
	defer taken.Conn.Close()
	if _, ok := taken.Conn.(*net.TCPConn); !ok { // which can do more than a connection's interface tells
		return fmt.Errorf("the socket is a %T", taken.Conn)
	}
	input, line := io.MultiReader(bytes.NewReader(taken.Early), taken.Conn), make([]byte, 6)
	for range 3 {
		if _, err := io.ReadFull(input, line); err != nil {
			return err
		}
		if n := nowait.New().Write(taken.Raw, line); n != len(line) {
			return fmt.Errorf("%d bytes of %q have left", n, line)
		}
	}
	broken := time.AfterFunc(10*time.Millisecond, func() { _ = taken.Conn.SetReadDeadline(time.Unix(1, 0)) })
	defer broken.Stop()
	if _, err = taken.Conn.Read(line[:1]); !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("a read that was broken off: %w", err)
	}
	return nil
}
