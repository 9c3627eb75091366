package bridge

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAServiceURLWithoutItsPathIsSaid: Eureka's servers answer 404 then, and nothing else.
func TestAServiceURLWithoutItsPathIsSaid(t *testing.T) {
	old := httptest.NewServer(http.NotFoundHandler())
	defer old.Close()
	s := &server{url: old.URL, client: old.Client(), maxPage: 1 << 10}
	_, err := s.applications(t.Context(), "/apps/", 1)
	if err == nil || !strings.Contains(err.Error(), "answered 404: a service URL has a path, mostly /eureka") {
		t.Errorf("says %v", err)
	}
}
