package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heureka/eureka1"
	"heureka/eureka1/dialect"
	"heureka/model"
	"heureka/write-node/api"
	"heureka/write-node/owner"

	"github.com/prometheus/client_golang/prometheus"
)

// TestWhoStoodStillRefusesABatchAsAWhole holds that its sender says all of it again, or
// that it is said to another node: to an item that is refused by itself most senders don't
// come back.
func TestWhoStoodStillRefusesABatchAsAWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := quick("write-1")
		l := newGatherer(t, noDisk{})
		l.eureka1 = eureka1.NewFeed(config.Eureka1)
		node := eurekaNode{&Server{config: config, loop: l.loop}, &sync.Pool{New: func() any { return newErrand() }}}
		h := eureka1.NewHandler(config.Eureka1, eureka1.Self{Name: "write-1"}, node, l.eureka1, node, nil, "", prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
		say := func(method, path, body string) int {
			answer := httptest.NewRecorder()
			h.ServeHTTP(answer, httptest.NewRequest(method, "/eureka/"+path, strings.NewReader(body)))
			return answer.Code
		}
		l.put("o-1")
		<-l.net.told
		batch := string(dialect.AppendBatch(nil, []dialect.Item{
			{Action: dialect.Heartbeat, App: "ORDERS", ID: "o-1"},
			{Action: dialect.StatusUpdate, App: "ORDERS", ID: "o-1", Status: model.StatusDown, LastDirtyMs: 1},
			{Action: dialect.Cancel, App: "ORDERS", ID: "o-1"},
		}))
		l.standStill()
		for _, path := range []string{"apps/ORDERS/o-1", "apps/ORDERS/o-1/status?value=DOWN"} {
			if code := say("PUT", path, ""); code != http.StatusServiceUnavailable {
				t.Errorf("PUT %s is answered %d", path, code)
			}
		}
		if code := say("POST", "peerreplication/batch/", batch); code != http.StatusServiceUnavailable {
			t.Errorf("a batch is answered %d", code)
		}
		time.Sleep(2 * time.Second)
		if code := say("POST", "peerreplication/batch/", batch); code != http.StatusOK {
			t.Errorf("said again, it is answered %d", code)
		}
		if _, _, err := l.owner.Get(model.NewKey("ORDERS", "o-1")); err == nil {
			t.Error("what was cancelled is there")
		}
		l.halt()
	})
}

// standStill has the loop go on as if it had done nothing for long.
func (g *gatherer) standStill() {
	err := g.Do(g.t.Context(), api.Command{
		Apply: func(o *owner.Owner, now model.Moment) {
			o.Tick(model.Moment{Mono: now.Mono - time.Hour, Wall: now.Wall})
		},
		Done: func() {},
	})
	if err != nil {
		g.t.Error(err)
	}
	synctest.Wait()
}
