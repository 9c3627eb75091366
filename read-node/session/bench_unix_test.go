//go:build unix

package session

import (
	"bytes"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"
)

// BenchmarkSend compares a frame for one of many subscribers with a bare write of
// the same bytes: wall time, and processor time of this process, for each. The
// subscribers are in another one.
func BenchmarkSend(b *testing.B) {
	frame := lines(string(bytes.Repeat([]byte("x"), 600)) + "\n")
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("bare/sockets=%d", n), func(b *testing.B) {
			conns := bareSockets(b, n)
			measureCPU(b, func(i int) {
				if _, err := conns[i%n].Write(frame); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run(fmt.Sprintf("session/sockets=%d", n), func(b *testing.B) {
			c := newCrowd(n)
			all := sessions(b, c, n)
			measureCPU(b, func(i int) {
				if !all[i%n].Send(frame) {
					<-c.written
				}
			})
		})
	}
}

// measureCPU runs an operation b.N times and reports what it takes.
func measureCPU(b *testing.B, operation func(i int)) {
	before := cpu(b)
	b.ResetTimer()
	for i := range b.N {
		operation(i)
	}
	b.StopTimer()
	b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
}

// cpu returns the processor time that this process has had.
func cpu(tb testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// bareSockets returns so many accepted connections whose peers, in another process,
// read.
func bareSockets(b *testing.B, n int) []net.Conn {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	in, _, stop := start(b, "drink "+ln.Addr().String())
	b.Cleanup(stop)
	conns := make([]net.Conn, n)
	for i := range conns {
		fmt.Fprintln(in)
		if conns[i], err = ln.Accept(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conns[i].Close() })
	}
	return conns
}

// sessions returns so many sessions whose peers, in another process, read.
func sessions(b *testing.B, c *crowd, n int) []*Session {
	ln, err := c.serve(DefaultConfig())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = ln.Close() })
	in, _, stop := start(b, "drink "+ln.Addr().String())
	b.Cleanup(stop)
	all := make([]*Session, n)
	for i := range all {
		fmt.Fprintln(in)
		all[i] = <-c.opened
		b.Cleanup(all[i].Kill)
	}
	if !c.subscribed.reach(n, patience) {
		b.Fatal("they haven't subscribed")
	}
	return all
}
