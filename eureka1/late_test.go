package eureka1

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"heureka/eureka1/rules"
	"heureka/model"

	"github.com/prometheus/client_golang/prometheus"
)

// lateWriter does what it is told only when nobody waits for it any more.
type lateWriter struct{ late []func(rules.Registry) }

func (w *lateWriter) Do(_ context.Context, _ bool, f func(rules.Registry)) (model.Dot, error) {
	w.late = append(w.late, f)
	return model.Dot{}, errors.New("not in time")
}

// heard notes what it is told to register.
type heard struct {
	rules.Registry
	instances []string
}

func (h *heard) Put(in *model.Instance) error {
	h.instances = append(h.instances, fmt.Sprintf("%s %s %v %v", in.Key(), in.HostName, in.Metadata, in.Ports))
	return nil
}

// TestWhatIsDoneLateIsWhatWasSaid holds that a registration which the node takes when its
// request is over doesn't lie in the memory of later ones.
func TestWhatIsDoneLateIsWhatWasSaid(t *testing.T) {
	feed := NewFeed(DefaultConfig())
	w := &lateWriter{}
	h := NewHandler(DefaultConfig(), Self{}, newNode(feed), feed, w, nil, "", prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	const count = 50
	var want []string
	for i := range count {
		body := fmt.Sprintf(`{"instance":{"instanceId":"i-%[1]d","hostName":"h-%[1]d","app":"A","ipAddr":"10.0.0.1","port":{"$":%[1]d,"@enabled":"true"},`+
			`"dataCenterInfo":{"name":"MyOwn"},"metadata":{"mark":"%[1]d"}}}`, i)
		if got := ask(h, http.MethodPost, "/eureka/apps/A", body, "Content-Type: application/json").Code; got != http.StatusServiceUnavailable {
			t.Fatalf("answered %d", got)
		}
		want = append(want, fmt.Sprintf("A/i-%[1]d h-%[1]d map[mark:%[1]d] [{ %[1]d false []}]", i))
	}
	told := &heard{}
	for _, f := range w.late {
		f(told)
	}
	if fmt.Sprint(told.instances) != fmt.Sprint(want) {
		t.Errorf("told %q instead of %q", told.instances, want)
	}
}
