//go:build unix

package session

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heureka/interest"
	"heureka/read-node/fanout"
	"heureka/wire"
)

// childRole is the environment variable that makes this program the other process
// of a measurement.
const childRole = "HEUREKA_SESSION_TEST_CHILD"

// child plays a role and ends the process.
func child(role string) {
	kind, address, _ := strings.Cut(role, " ")
	switch kind {
	case "drink":
		drink(address)
	case "bare", "session":
		serve(kind)
	}
	os.Exit(0)
}

// start runs this program in a role, and returns its standard input and output,
// and a function that ends it.
func start(tb testing.TB, role string) (in io.Writer, out *bufio.Reader, stop func()) {
	tb.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childRole+"="+role)
	c.Stderr = os.Stderr
	stdin, err := c.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	return stdin, bufio.NewReader(stdout), func() {
		stdin.Close()
		_ = c.Wait() // it ends with its input
	}
}

// drink opens a connection for each line of the input, says what a subscriber says,
// and throws away what comes.
func drink(address string) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if _, err := conn.Write(greeting()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go func() {
			_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{conn}, make([]byte, 4096))
		}()
	}
}

// greeting is a handshake, a hello and a subscribe.
func greeting() []byte {
	out := []byte("GET / HTTP/1.1\r\nHost: stage\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	out = append(out, masked(textFrame, helloLine)...)
	return append(out, masked(textFrame, `{"type":"subscribe","seq":1,"interests":[{"kind":"app","value":"orders"}]}`)...)
}

// tally counts, and wakes who waits for a number.
type tally struct {
	mu    sync.Mutex
	count int
	more  chan struct{} // closed with the next
}

func newTally() *tally { return &tally{more: make(chan struct{})} }

func (t *tally) add() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	close(t.more)
	t.more = make(chan struct{})
}

func (t *tally) now() (count int, more <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count, t.more
}

// reach waits until so many are counted, and reports false if there are fewer when
// none has come for that time.
func (t *tally) reach(n int, within time.Duration) bool {
	for {
		count, more := t.now()
		if count >= n {
			return true
		}
		timer := time.NewTimer(within)
		select {
		case <-more:
			timer.Stop()
		case <-timer.C:
			return false
		}
	}
}

// crowd is a hub that keeps every session and counts the subscribed ones.
type crowd struct {
	opened     chan *Session
	subscribed *tally
	written    chan struct{}
}

func newCrowd(n int) *crowd {
	return &crowd{opened: make(chan *Session, n), subscribed: newTally(), written: make(chan struct{}, n)}
}

func (c *crowd) Open(s *Session)                                   { c.opened <- s }
func (c *crowd) Subscribe(*Session, *wire.Subscribe, interest.Set) { c.subscribed.add() }
func (c *crowd) Written(*Session)                                  { c.written <- struct{}{} }
func (c *crowd) Close(*Session)                                    {}

// serve accepts websockets on a port of the system's choice.
func (c *crowd) serve(config Config) (net.Listener, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	door := NewAcceptor(config, c, slog.New(slog.DiscardHandler))
	var last atomic.Uint64
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		door.Serve(w, r, fanout.SessionID(last.Add(1)))
	})}
	go func() { _ = server.Serve(ln) }()
	return ln, nil
}

// serve is a server that says its address, and for each line of the input what it
// holds: connections, resident bytes, bytes of the heap and of stacks in use. A line
// "collect" has garbage collected and given back first, "await" and a number waits
// until there are so many connections, or no more come.
func serve(kind string) {
	var count *tally
	var ln net.Listener
	var err error
	if kind == "bare" {
		ln, count, err = serveBare()
	} else {
		c := newCrowd(1 << 16)
		ln, err = c.serve(DefaultConfig())
		count = c.subscribed
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(ln.Addr())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "collect" {
			for range 4 { // stacks shrink by half each time
				runtime.GC()
			}
			debug.FreeOSMemory()
		}
		var n int
		if _, err := fmt.Sscanf(lines.Text(), "await %d", &n); err == nil {
			count.reach(n, time.Minute)
		}
		connections, _ := count.now()
		heap, stacks := inUse()
		fmt.Println(connections, resident(), heap, stacks)
	}
}

// serveBare accepts connections with one goroutine each, that reads.
func serveBare() (net.Listener, *tally, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	n := newTally()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				var one [1]byte
				for first := true; ; first = false {
					if _, err := conn.Read(one[:]); err != nil {
						return
					}
					if first {
						n.add()
					}
				}
			}()
		}
	}()
	return ln, n, err
}

func inUse() (heap, stacks uint64) {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64(), samples[1].Value.Uint64()
}

// resident returns the bytes that the system holds for this process; 0 where it
// doesn't tell.
func resident() uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var total, pages uint64
	if _, err := fmt.Sscan(string(text), &total, &pages); err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
