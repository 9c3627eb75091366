package eureka1

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// BenchmarkOutlet fetches documents over 16 kept connections, through an outlet and
// without. It measures the processor time of server and clients.
func BenchmarkOutlet(b *testing.B) {
	h := newReader(b, nil)
	many(h, 5000)
	without := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Handler: h, w: w, r: r, route: routeOf(r.URL.EscapedPath()), op: opApps}
		h.metrics.count(q.op, q.read())
	})
	for _, encoding := range []string{"gzip", "identity"} {
		b.Run(encoding+"/outlet", func(b *testing.B) { fetchAll(b, h, encoding) })
		b.Run(encoding+"/without", func(b *testing.B) { fetchAll(b, without, encoding) })
	}
}

// fetchAll makes b.N requests.
func fetchAll(b *testing.B, handler http.Handler, encoding string) {
	server := httptest.NewServer(handler)
	defer server.Close()
	var left atomic.Int64
	left.Store(int64(b.N))
	var wait sync.WaitGroup
	before := processorTime(b)
	for range 16 {
		wait.Go(func() {
			if err := fetchSome(server.Listener.Addr().String(), encoding, &left); err != nil {
				b.Error(err)
			}
		})
	}
	wait.Wait()
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func fetchSome(address, encoding string, left *atomic.Int64) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	reader := bufio.NewReaderSize(conn, 256<<10)
	for left.Add(-1) >= 0 {
		if _, err := fmt.Fprintf(conn, "GET /eureka/apps HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nAccept-Encoding: %s\r\n\r\n", encoding); err != nil {
			return err
		}
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			return err
		}
	}
	return nil
}
