package bridge

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"heureka/bridge/sides"
	"heureka/client"
	"heureka/eureka1/dialect"
	"heureka/model"
)

// slowView is a view of one event, which takes its time from there to the bridge.
type slowView struct {
	event   *model.Instance
	pending int
}

func (v *slowView) Next(ctx context.Context) (client.Event, error) {
	if v.pending == 0 {
		<-ctx.Done()
		return client.Event{}, ctx.Err()
	}
	v.pending = 0
	time.Sleep(10 * levelEvery)
	return client.Event{Type: client.Added, Instance: v.event}, nil
}

func (v *slowView) Status() client.SubscriptionStatus {
	return client.SubscriptionStatus{Synced: true, Connected: true, Pending: v.pending}
}

// TestTheLastOfWhatIsThereIsNoNews: nobody comes to Heureka when a bridge begins to read
// it. So the client's newest word counts, which is the old cluster's here.
func TestTheLastOfWhatIsThereIsNoNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &Bridge{start: time.Now(), sides: sides.New(DefaultConfig().sides(), 1), asks: make(chan struct{}, 1)}
		in := registered("APP", "i", "10.0.0.1")
		in.LastChangedMs = 9
		info := dialect.InfoOf(in, dialect.Shown{})
		page := &dialect.Applications{List: []dialect.Application{{Name: in.App, Instances: []dialect.Info{info}}}}
		b.with(func(s *sides.Sides, now model.Moment) { s.Page(now, now.Mono, page) })
		there := registered("APP", "i", "10.0.0.2")
		there.LastChangedMs = 4
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.watch(ctx, &slowView{event: there, pending: 1}) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		b.with(func(s *sides.Sides, now model.Moment) {
			items := s.Due(now, sides.Heureka, 10)
			if !b.known || !s.IsLevel() || len(items) != 1 || items[0].Action != dialect.Register || items[0].LastDirtyMs != 9 {
				t.Errorf("known %v, level %v, Heureka is told %+v", b.known, s.IsLevel(), items)
			}
			s.Told(now, sides.Heureka, []dialect.Answer{{Code: http.StatusOK}})
		})
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
