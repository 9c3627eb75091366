package bridge

import (
	"fmt"
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

// TestTheFirstReadingIsSaid, and which server that isn't read has a wrong URL.
func TestTheFirstReadingIsSaid(t *testing.T) {
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/eureka/") {
			fmt.Fprint(w, `{"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}`)
		} else {
			http.NotFound(w, r)
		}
	}))
	defer old.Close()
	b, logged := newScene(t).unstarted(old.URL+"/eureka", old.URL+"/eureka", old.URL+"/typo")
	for range 2 {
		if err := b.readPage(t.Context(), b.reading()); err != nil {
			t.Fatal(err)
		}
	}
	if got := logged.String(); strings.Count(got, "has been read") != 1 || !strings.Contains(got, "instances=0") {
		t.Errorf("says %s", got)
	}
	logged.Reset()
	b.probe(t.Context())
	if got := logged.String(); strings.Count(got, "doesn't answer") != 1 || !strings.Contains(got, "/typo") {
		t.Errorf("says %s", got)
	}
}
