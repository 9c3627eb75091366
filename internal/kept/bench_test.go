//go:build unix

package kept

import (
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRequests tells the processor time that a server takes for a request, in µs:
// the median and the lower quartile of turns that several servers with one handler take
// beside one another. A client process plays their clients. Noise is large: give it
// -benchtime=300x.
func BenchmarkRequests(b *testing.B) {
	b.Run("answered at once", func(b *testing.B) { compare(b, atOnce, 0) })
	b.Run("answered together", func(b *testing.B) { compare(b, together(b), 818) })
}

// contender is a server, and what was taken per request in each of its turns.
type contender struct {
	name    string
	server  *http.Server
	wrap    func(net.Listener) net.Listener
	address string
	took    []float64
}

// contending are a server without limits, one with those of internal/ops, one whose
// connections are kept, and one that besides doesn't look where the handler says so.
func contending() []*contender {
	limited := func() *http.Server {
		return &http.Server{ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
			WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute}
	}
	as := func(l net.Listener) net.Listener { return l }
	keep := func(l net.Listener) net.Listener { return Listener{l} }
	unlooked := limited()
	unlooked.ConnContext = Context
	return []*contender{
		{name: "unlimited", server: &http.Server{}, wrap: as},
		{name: "limited", server: limited(), wrap: as},
		{name: "kept", server: limited(), wrap: keep},
		{name: "unlooked", server: unlooked, wrap: keep},
	}
}

func compare(b *testing.B, handler http.HandlerFunc, body int) {
	d, all := newDriver(b), contending()
	for _, c := range all {
		c.server.Handler = handler
		c.serve(b)
		d.turn(b, c.address, body) // opens its connections
	}
	for b.Loop() {
		for _, i := range rand.Perm(len(all)) {
			c, before := all[i], processor(b)
			d.turn(b, c.address, body)
			c.took = append(c.took, float64((processor(b)-before).Nanoseconds())/1000/perTurn/clients)
		}
	}
	for _, c := range all {
		slices.Sort(c.took)
		b.ReportMetric(c.took[len(c.took)/2], c.name+"-µs")
		b.ReportMetric(c.took[len(c.took)/4], c.name+"-quartile-µs")
	}
}

func (c *contender) serve(b *testing.B) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	c.address = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- c.server.Serve(c.wrap(ln)) }()
	b.Cleanup(func() {
		c.server.Close()
		<-served
	})
}

func atOnce(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// together returns a handler whose answers wait for one another.
func together(b *testing.B) http.HandlerFunc {
	asked := make(chan chan struct{}, clients)
	go func() {
		var batch []chan struct{}
		for {
			select {
			case one := <-asked:
				batch = append(batch, one)
			case <-b.Context().Done():
				return
			}
			if len(batch) == clients {
				for _, one := range batch {
					close(one)
				}
				batch = batch[:0]
			}
		}
	}()
	return func(w http.ResponseWriter, r *http.Request) {
		DontLook(r)
		_, _ = io.Copy(io.Discard, r.Body) // the driver tells, if it can't go on
		one := make(chan struct{})
		asked <- one
		<-one
		w.WriteHeader(http.StatusNoContent)
	}
}

// processor returns how much time this process has had.
func processor(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
