package ops

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serving starts ServeHTTP and returns its address, what stops it with a cause,
// and what it will return.
func serving(t *testing.T, handler http.Handler, cfg HTTPConfig) (string, context.CancelCauseFunc, <-chan error) {
	t.Helper()
	ln := listen(t)
	ctx, stop := context.WithCancelCause(t.Context())
	returned := make(chan error, 1)
	go func() { returned <- ServeHTTP(ctx, ln, handler, cfg, quiet()) }()
	return ln.Addr().String(), stop, returned
}

// client returns a client that leaves no connection behind.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestServeHTTPFinishesRequestsUnderWay(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	cfg := DefaultHTTPConfig()
	cfg.DrainTimeout = time.Hour
	addr, stop, returned := serving(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "done")
	}), cfg)

	answer := make(chan string, 1)
	go func() {
		resp, err := client(t).Get("http://" + addr)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-entered
	stop(nil)
	for refused := false; !refused; {
		c, err := net.Dial("tcp", addr)
		if refused = err != nil; !refused {
			c.Close()
		}
	}
	close(leave)
	if got := <-answer; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-returned; err != nil {
		t.Error(err)
	}
}

func TestServeHTTPCutsOffWhatOutlastsTheDrain(t *testing.T) {
	for name, cause := range map[string]error{"drain over": nil, "abort": ErrAbort} {
		t.Run(name, func(t *testing.T) {
			entered, left := make(chan struct{}), make(chan struct{})
			cfg := DefaultHTTPConfig()
			cfg.DrainTimeout = time.Millisecond
			if cause != nil {
				cfg.DrainTimeout = time.Hour
			}
			addr, stop, returned := serving(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				close(entered)
				<-r.Context().Done()
				close(left)
			}), cfg)
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			// A body that never comes keeps the server from seeing the peer's end.
			if _, err := fmt.Fprint(conn, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			<-entered
			stop(cause)
			if err := <-returned; err != nil {
				t.Error(err)
			}
			select {
			case <-left:
			default:
				t.Error("returned before the handler did")
			}
			if _, err := io.ReadAll(conn); err != nil && !strings.Contains(err.Error(), "reset") {
				t.Error(err)
			}
		})
	}
}

func TestServeHTTPLeavesHijackedConnectionsAlone(t *testing.T) {
	end := make(chan struct{})
	said := make(chan error, 1)
	addr, stop, returned := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			said <- err
			return
		}
		defer conn.Close()
		fmt.Fprintln(conn, "hello")
		<-end
		fmt.Fprintln(conn, "bye")
		said <- r.Context().Err()
	}), DefaultHTTPConfig())
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	lines := bufio.NewReader(conn)
	if line, err := lines.ReadString('\n'); line != "hello\n" {
		t.Fatal(line, err)
	}
	stop(nil)
	if err := <-returned; err != nil {
		t.Error(err)
	}
	close(end)
	if line, err := lines.ReadString('\n'); line != "bye\n" {
		t.Error(line, err)
	}
	if err := <-said; err != nil {
		t.Errorf("the hijacker's request had ended: %v", err)
	}
}

func TestServeHTTPRefusesLargeHeaders(t *testing.T) {
	cfg := DefaultHTTPConfig()
	cfg.MaxHeaderBytes = 1 << 10
	addr, stop, returned := serving(t, Liveness(), cfg)
	req, err := http.NewRequest(http.MethodGet, "http://"+addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X", strings.Repeat("x", 16<<10))
	resp, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("answered %d", resp.StatusCode)
	}
	stop(nil)
	if err := <-returned; err != nil {
		t.Error(err)
	}
}

func TestServeHTTPReturnsTheListenersError(t *testing.T) {
	ln := listen(t)
	ln.Close()
	err := ServeHTTP(t.Context(), ln, Liveness(), DefaultHTTPConfig(), quiet())
	if !errors.Is(err, net.ErrClosed) || !strings.Contains(err.Error(), ln.Addr().String()) {
		t.Errorf("got %v", err)
	}
}

func TestHTTPConfigNamesTheWrongLimit(t *testing.T) {
	if err := DefaultHTTPConfig().Validate(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*HTTPConfig){
		"read header timeout": func(c *HTTPConfig) { c.ReadHeaderTimeout = 0 },
		"read timeout":        func(c *HTTPConfig) { c.ReadTimeout = -1 },
		"write timeout":       func(c *HTTPConfig) { c.WriteTimeout = 0 },
		"idle timeout":        func(c *HTTPConfig) { c.IdleTimeout = 0 },
		"drain timeout":       func(c *HTTPConfig) { c.DrainTimeout = 0 },
		"max header bytes":    func(c *HTTPConfig) { c.MaxHeaderBytes = 0 },
	} {
		cfg := DefaultHTTPConfig()
		spoil(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), want+" must be above zero") {
			t.Errorf("%s: %v", want, err)
		}
	}
}
