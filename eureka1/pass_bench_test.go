package eureka1

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkPassOn passes a heartbeat on to a write node that says nothing but yes, on
// kept connections, 64 at a time. Beside it is what the same request costs that write
// node's client without a read node: the round trip alone.
func BenchmarkPassOn(b *testing.B) {
	yes := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer yes.Close()
	h := newReader(b, nil, yes.Listener.Addr().String())
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	const path = "/eureka/apps/ORDERS/orders-1:8080?status=UP&lastDirtyTimestamp=1767225600000"
	for name, ask := range map[string]func(*http.Request) error{
		"read node": func(r *http.Request) error {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				return fmt.Errorf("answered %d", w.Code)
			}
			return nil
		},
		"round trip": func(r *http.Request) error {
			r.RequestURI, r.URL.Scheme, r.URL.Host = "", "http", yes.Listener.Addr().String()
			resp, err := transport.RoundTrip(r)
			if err != nil {
				return err
			}
			return resp.Body.Close()
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(32)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := ask(httptest.NewRequest(http.MethodPut, path, http.NoBody)); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
