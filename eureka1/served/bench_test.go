package served

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"heureka/eureka1/pages"
	"heureka/model"
)

// spring is full JSON as Spring Cloud's instances have it.
type spring struct{ lines }

func (spring) AppendHead(dst []byte, h pages.Heading) []byte {
	return fmt.Appendf(dst, `{"applications":{"versions__delta":"%d","apps__hashcode":%q,"application":[`, h.Version, h.HashCode)
}

func (spring) AppendOpening(dst []byte, app string) []byte {
	return fmt.Appendf(dst, `{"name":%q,"instance":[`, app)
}

func (spring) AppendRow(dst []byte, row *pages.Row) []byte {
	in := row.Instance()
	name, millis := strings.ToLower(in.App), in.LastChangedMs
	return fmt.Appendf(dst, `{"instanceId":%q,"hostName":%q,"app":%q,"ipAddr":%[2]q,"status":%[4]q,"overriddenStatus":"UNKNOWN",`+
		`"port":{"$":8080,"@enabled":"true"},"securePort":{"$":443,"@enabled":"false"},"countryId":1,"dataCenterInfo":`+
		`{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},"leaseInfo":{"renewalIntervalInSecs":30,`+
		`"durationInSecs":90,"registrationTimestamp":%[5]d,"lastRenewalTimestamp":%[5]d,"evictionTimestamp":0,"serviceUpTimestamp":%[5]d},`+
		`"metadata":{"management.port":"8080"},"homePageUrl":"http://%[2]s:8080/","statusPageUrl":"http://%[2]s:8080/actuator/info",`+
		`"healthCheckUrl":"http://%[2]s:8080/actuator/health","vipAddress":%[6]q,"secureVipAddress":%[6]q,"isCoordinatingDiscoveryServer":"false",`+
		`"lastUpdatedTimestamp":"%[5]d","lastDirtyTimestamp":"%[5]d","actionType":%[7]q}`,
		in.ID, in.HostName, in.App, in.Status, millis, name, row.Action)
}

func (spring) AppendClosing(dst []byte, _ string) []byte     { return append(dst, "]}"...) }
func (spring) AppendTail(dst []byte, _ pages.Heading) []byte { return append(dst, "]}}"...) }
func (spring) Separator() string                             { return "," }

// change registers the n-th of 5,000 instances of 500 applications, anew from the
// 5,001st on.
func (r *rig) change(n int, now time.Duration) {
	app, id := n%500, n%5000
	h := fnv.New32a()
	fmt.Fprint(h, id)
	random := h.Sum32()
	in := &model.Instance{App: fmt.Sprintf("SERVICE-%03d", app), ID: fmt.Sprintf("service-%03d-%06x:8080", app, random&0xffffff),
		HostName: fmt.Sprintf("10.%d.%d.%d", random>>24&7, random>>16&255, random>>8&255), Status: model.StatusUp,
		LastChangedMs: 1_767_225_600_000 + int64(random>>4) + int64(n)}
	r.apply(in, now)
}

// BenchmarkServe answers requests over 16 kept connections, beside a handler that
// writes fixed bytes of the same length. It measures the processor time of server and
// clients, who are in this process too.
func BenchmarkServe(b *testing.B) {
	r := newRig(b, DefaultConfig(), spring{})
	start := time.Now()
	for n := range 5000 {
		r.change(n, time.Since(start))
	}
	for _, of := range []struct {
		name     string
		document pages.Document
		gzip     bool
	}{{"apps-gzip", pages.Apps, true}, {"delta-gzip", pages.Delta, true}, {"apps-plain", pages.Apps, false}} {
		page, err := r.cache.Page(of.document, 0, of.gzip)
		if err != nil {
			b.Fatal(err)
		}
		fixed := bytes.Join(page.Parts, nil)
		b.Run(of.name+"/fixed", func(b *testing.B) {
			serve(b, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header()["Content-Length"] = page.length
				if _, err := w.Write(fixed); err != nil {
					b.Error(err)
				}
			})
		})
		handler := func(w http.ResponseWriter, _ *http.Request) {
			page, err := r.cache.Page(of.document, 0, of.gzip)
			if err != nil {
				b.Error(err)
				return
			}
			if err := page.Send(w, "application/json"); err != nil {
				b.Error(err)
			}
		}
		b.Run(of.name+"/quiet", func(b *testing.B) { serve(b, handler) })
		b.Run(of.name+"/100-changes-a-second", func(b *testing.B) {
			done := make(chan struct{})
			var changing sync.WaitGroup
			changing.Go(func() {
				ticker := time.NewTicker(10 * time.Millisecond)
				defer ticker.Stop()
				for n := 5000; ; n++ {
					select {
					case <-ticker.C:
						r.change(n*7919, time.Since(start))
					case <-done:
						return
					}
				}
			})
			serve(b, handler)
			close(done)
			changing.Wait()
		})
	}
}

// serve makes b.N requests of a handler.
func serve(b *testing.B, handler http.HandlerFunc) {
	server := httptest.NewServer(handler)
	defer server.Close()
	var left atomic.Int64
	left.Store(int64(b.N))
	var wait sync.WaitGroup
	before := processorTime(b)
	b.ResetTimer()
	for range 16 {
		wait.Go(func() {
			if err := request(server.Listener.Addr().String(), &left); err != nil {
				b.Error(err)
			}
		})
	}
	wait.Wait()
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
}

// request makes requests over one connection while any are left.
func request(address string, left *atomic.Int64) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	reader, discard := bufio.NewReaderSize(conn, 256<<10), make([]byte, 256<<10)
	for left.Add(-1) >= 0 {
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return err
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return err
		}
		for err == nil {
			_, err = response.Body.Read(discard)
		}
		if err != io.EOF {
			return err
		}
	}
	return nil
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
