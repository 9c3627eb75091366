package eurekatest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"heureka/model"
)

// backend is a service that a gateway finds by the registry alone.
type backend struct {
	path  string // that the gateway sends on to it
	tell  func(t *testing.T, status model.Status)
	leave func(t *testing.T)
	key   model.Key
}

// routes asks the gateway for services that were registered by websocket and by Eureka's
// REST: they answer while they are UP, and 503 while none is. What is returned asks
// again, and judges that they have answered all the time.
func routes(s *scenario) func() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello ", r.URL.Path)
	}))
	s.Cleanup(service.Close)
	port := service.Listener.Addr().(*net.TCPAddr).Port
	backends := []*backend{s.bySDK(port), s.byREST(port)}
	gateway := fmt.Sprintf("http://127.0.0.1:%d", s.one.port)
	for _, b := range backends {
		s.Cleanup(func() { s.watch.dies(b.key) })
		for _, status := range []model.Status{model.StatusUp, model.StatusOutOfService, model.StatusUp} {
			begun := time.Now()
			b.tell(s.T, status)
			s.watch.sees(s.T, b.key, status)
			s.watch.lives(b.key)
			eventually(s.T, fmt.Sprintf("%s to be %s at the gateway", b.path, status), func() error {
				return s.routed(s.Context(), gateway+b.path, status)
			})
			s.Logf("%s is %s: the gateway acts on it after %v", b.path, status, time.Since(begun))
		}
	}
	stop := s.steadily(gateway, backends)
	return func() {
		stop()
		for _, b := range backends {
			if err := s.routed(s.Context(), gateway+b.path, model.StatusUp); err != nil {
				s.Errorf("after a node was lost: %v", err)
			}
			s.watch.dies(b.key)
			b.leave(s.T)
			s.watch.misses(s.T, b.key)
		}
	}
}

// routed reports what is wrong with the gateway's answer for a service of that status.
func (s *scenario) routed(ctx context.Context, url string, status model.Status) error {
	code, body, err := s.fleet.get(ctx, url)
	if err != nil {
		return err
	}
	wrong := code != http.StatusServiceUnavailable
	if status == model.StatusUp {
		wrong = code != http.StatusOK || !strings.HasPrefix(body, "hello /")
	}
	if wrong {
		return fmt.Errorf("%s answers %d %.200s", url, code, body)
	}
	return nil
}

// steadily asks for the services until it is told to stop; each answer must be theirs.
func (s *scenario) steadily(gateway string, backends []*backend) (stop func()) {
	ctx, cancel := context.WithCancel(s.Context())
	var asking sync.WaitGroup
	asked := 0
	asking.Go(func() {
		ticker := time.NewTicker(look)
		defer ticker.Stop()
		for ; ; asked++ {
			for _, b := range backends {
				if err := s.routed(ctx, gateway+b.path, model.StatusUp); err != nil && ctx.Err() == nil {
					s.Errorf("while a node was lost: %v", err)
					return
				}
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		asking.Wait()
		s.Logf("the gateway answered %d rounds of requests while a node was lost", asked)
	})
	s.Cleanup(stop)
	return stop
}

// bySDK registers the service over a websocket.
func (s *scenario) bySDK(port int) *backend {
	in := &model.Instance{
		App: s.one.key.App + "-SDK", ID: "sdk-1", HostName: "127.0.0.1", Address: "127.0.0.1",
		Ports: []model.Port{{Number: uint16(port)}}, Status: model.StatusStarting,
	}
	registration, err := s.fleet.sdk.Register(s.Context(), in)
	if err != nil {
		s.Fatal(err)
	}
	return &backend{
		key: in.Key(), path: "/sdk/",
		tell: func(t *testing.T, status model.Status) {
			t.Helper()
			if err := registration.Update(t.Context(), func(in *model.Instance) { in.Status = status }); err != nil {
				t.Fatal(err)
			}
		},
		leave: func(t *testing.T) {
			t.Helper()
			if err := registration.Unregister(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// byREST registers the service as documents of Eureka's REST show it. It is overridden
// to be out of service.
func (s *scenario) byREST(port int) *backend {
	key := model.NewKey(s.one.key.App+"-REST", "rest-1")
	url := eureka(others(s.nodes, s.lost)[0], "apps/"+key.App)
	body, err := json.Marshal(map[string]any{"instance": map[string]any{
		"instanceId": key.ID, "app": key.App, "hostName": "127.0.0.1", "ipAddr": "127.0.0.1",
		"vipAddress": strings.ToLower(key.App), "status": "UP", "port": map[string]any{"$": port, "@enabled": true},
		"dataCenterInfo": map[string]any{"@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name": "MyOwn"},
		"leaseInfo":      map[string]any{"renewalIntervalInSecs": 1800, "durationInSecs": 3600},
	}})
	if err != nil {
		s.Fatal(err)
	}
	s.fleet.wants(s.T, http.StatusNoContent, http.MethodPost, url, string(body))
	url += "/" + key.ID
	return &backend{
		key: key, path: "/rest/",
		tell: func(t *testing.T, status model.Status) {
			t.Helper()
			if status == model.StatusUp {
				s.fleet.wants(t, http.StatusOK, http.MethodDelete, url+"/status", "")
				return
			}
			s.fleet.wants(t, http.StatusOK, http.MethodPut, url+"/status?value="+string(status), "")
		},
		leave: func(t *testing.T) {
			t.Helper()
			s.fleet.wants(t, http.StatusOK, http.MethodDelete, url, "")
		},
	}
}
