package eureka1

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"heureka/eureka1/rules"
	"heureka/model"
)

// TestNobodyFillsTheLog says a thousand times what only a mistaken read node says.
func TestNobodyFillsTheLog(t *testing.T) {
	var log bytes.Buffer
	h := newReader(t, nil)
	h.log = slog.New(slog.NewTextHandler(&log, nil))
	for range 1000 {
		got := ask(h, http.MethodPut, "/eureka/apps/A/1", "", headerPassed+": "+strings.Repeat("x", 20_000))
		if got.Code != http.StatusServiceUnavailable {
			t.Fatalf("answered %d", got.Code)
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines == 0 || lines > 10 || log.Len() > 10_000 {
		t.Errorf("%d lines, %d bytes are logged", lines, log.Len())
	}
}

// TestAnOrderThatWasRefusedIsNone holds that only what was done is logged as an order.
func TestAnOrderThatWasRefusedIsNone(t *testing.T) {
	var log bytes.Buffer
	h := newReader(t, nil)
	h.log, h.writer = slog.New(slog.NewTextHandler(&log, nil)), emptyWriter{}
	if got := ask(h, http.MethodPut, "/eureka/apps/A/1/status?value=DOWN", ""); got.Code != http.StatusNotFound || log.Len() > 0 {
		t.Errorf("answered %d, logged %s", got.Code, log.String())
	}
}

// emptyWriter is a write node that knows no instance.
type emptyWriter struct{}

func (emptyWriter) Do(_ context.Context, _ bool, f func(rules.Registry)) (model.Dot, error) {
	f(emptyRegistry{})
	return model.Dot{}, nil
}

type emptyRegistry struct{ rules.Registry }

func (emptyRegistry) Get(model.Key) (*model.Instance, model.Version, error) {
	return nil, model.Version{}, rules.ErrNotFound
}
