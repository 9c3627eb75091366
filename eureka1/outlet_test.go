package eureka1

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"heureka/internal/kept"
	"heureka/internal/ops"
	"heureka/model"

	"github.com/prometheus/client_golang/prometheus"
)

// many puts so many instances into a node, of about a thousand bytes each as JSON.
func many(h *Handler, instances int) {
	for i := range instances {
		h.node.(*reader).put(&model.Instance{App: fmt.Sprint("APP-", i%50), ID: fmt.Sprint("i-", i), Address: "10.0.0.1", VIP: "v", Status: model.StatusUp})
	}
}

// brokenOff returns how many documents were broken off for a reason.
func brokenOff(t *testing.T, h *Handler, reason string) (n float64) {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(h.metrics.broken)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == reason {
				n = m.GetCounter().GetValue()
			}
		}
	}
	return n
}

// tight is a listener of connections with little room, so that it shows at once what
// the other side doesn't take.
type tight struct{ net.Listener }

func (l tight) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetWriteBuffer(32 << 10)
	}
	return conn, err
}

// serveTight serves a handler until the test ends.
func serveTight(t *testing.T, h http.Handler) net.Addr {
	server := httptest.NewUnstartedServer(h)
	server.Listener = kept.Listener{Listener: tight{server.Listener}} // as a node has it
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr()
}

// begin asks for a document over a connection of its own, and reads none of it.
func begin(t *testing.T, to net.Addr, path string, headers ...string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(32 << 10); err != nil {
		t.Fatal(err)
	}
	get(t, conn, path, headers...)
	return conn
}

func get(t *testing.T, conn net.Conn, path string, headers ...string) {
	t.Helper()
	more := strings.Join(append(headers, "", ""), "\r\n")
	if _, err := fmt.Fprintf(conn, "GET /eureka/%s HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n%s", path, more); err != nil {
		t.Fatal(err)
	}
}

// whole reads an answer to its end, and returns how much of it there is.
func whole(from io.Reader) (int64, error) {
	answer, err := http.ReadResponse(bufio.NewReader(from), nil)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return io.Copy(io.Discard, answer.Body)
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came that %s", what)
		}
	}
}

// TestWhoDoesNotReadTakesNobodysPlace has clients that read nothing of their documents,
// of each kind: of parts, of a stream.
func TestWhoDoesNotReadTakesNobodysPlace(t *testing.T) {
	for _, path := range []string{"apps", "vips/v"} {
		h := newReader(t, func(c *Config) { c.MaxReads, c.MaxSlow, c.Patience = 1, 1, time.Minute })
		many(h, 2000)
		h.quick = time.Millisecond
		address := serveTight(t, h)
		first := begin(t, address, path)
		eventually(t, path+" is slow", func() bool { return len(h.slow) == 1 && len(h.reads) == 0 })
		if got := ask(h, "GET", "/eureka/apps/delta", ""); got.Code != http.StatusOK {
			t.Errorf("%s: the next one is answered %d", path, got.Code)
		}
		before := brokenOff(t, h, "crowded")
		second := begin(t, address, path)
		eventually(t, path+" is broken off for want of a place", func() bool { return brokenOff(t, h, "crowded") > before })
		if n, err := whole(second); err == nil {
			t.Errorf("%s: it got all %d bytes", path, n)
		}
		if n, err := whole(first); err != nil || n < 1<<20 {
			t.Errorf("%s: who reads at last gets %d bytes, %v", path, n, err)
		}
		eventually(t, path+" is through", func() bool { return len(h.slow)+len(h.reads) == 0 })
	}
}

// TestWhoDoesNotReadLosesItsDocument has it last no longer than is allowed.
func TestWhoDoesNotReadLosesItsDocument(t *testing.T) {
	for _, path := range []string{"apps", "vips/v"} {
		h := newReader(t, func(c *Config) { c.Patience = 100 * time.Millisecond })
		many(h, 2000)
		h.quick = time.Millisecond
		conn := begin(t, serveTight(t, h), path)
		eventually(t, path+" is broken off", func() bool { return brokenOff(t, h, "stalled") == 1 })
		eventually(t, path+" is through", func() bool { return len(h.slow)+len(h.reads) == 0 })
		if n, err := whole(conn); err == nil {
			t.Errorf("%s: it got all %d bytes", path, n)
		}
	}
}

// pipes is a listener of connections without any room, in virtual time.
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

// paced reads so many bytes at most each second, from when it began.
type paced struct {
	io.Reader
	rate  int
	begun time.Time
	read  int
}

func (p *paced) Read(to []byte) (int, error) {
	time.Sleep(time.Until(p.begun.Add(time.Duration(p.read) * time.Second / time.Duration(p.rate))))
	n, err := p.Reader.Read(to[:min(len(to), max(p.rate/10, 1))])
	p.read += n
	return n, err
}

// TestHowSlowAClientMayBe asks for up to 6 MB with the settings of production, at all paces.
func TestHowSlowAClientMayBe(t *testing.T) {
	for _, test := range []struct {
		rule      string
		rate      int
		instances int
		whole     bool
		most      time.Duration
		server    time.Duration // that it gives for an answer
	}{
		{"a phone line", 64 << 10, 5000, true, 2 * time.Minute, 2 * time.Minute},
		{"a slower one, with less to take", 35 << 10, 4000, true, 2 * time.Minute, 2 * time.Minute},
		{"the same where the server doesn't mind", 35 << 10, 5000, true, 4 * time.Minute, 0},
		{"too slow", 16 << 10, 5000, false, 62 * time.Second, 0},
		{"a trickle", 10, 5000, false, 31 * time.Second, 2 * time.Minute},
		{"slow for longer than the server has time", 35 << 10, 8000, false, 2*time.Minute + time.Second, 2 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newReader(t, nil)
			many(h, test.instances)
			config := ops.DefaultHTTPConfig()
			config.WriteTimeout = test.server
			ctx, stop := context.WithCancel(t.Context())
			at, ended := pipes{make(chan net.Conn), make(chan struct{})}, make(chan error, 1)
			go func() { ended <- ops.ServeHTTP(ctx, at, h, config, h.log) }()
			client, server := net.Pipe()
			at.conns <- server
			get(t, client, "apps")
			begun := time.Now()
			n, err := whole(&paced{Reader: client, rate: test.rate, begun: begun})
			took := time.Since(begun)
			if (err == nil) != test.whole || took > test.most || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s: %d bytes in %v, %v", test.rule, n, took, err)
			}
			synctest.Wait()
			if broken := brokenOff(t, h, "stalled"); broken == 1 == test.whole || len(h.slow)+len(h.reads) > 0 {
				t.Errorf("%s: %v broken off, %d and %d places taken", test.rule, broken, len(h.slow), len(h.reads))
			}
			if test.whole { // and the next one has all the time again
				time.Sleep(time.Minute)
				get(t, client, "apps/APP-1")
				if _, err := whole(client); err != nil {
					t.Errorf("%s: what follows: %v", test.rule, err)
				}
			}
			client.Close()
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}
