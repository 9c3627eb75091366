package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"heureka/wire"
)

// nobody is a node that isn't there: what listens on ports of the system's choosing may be
// somebody else the next moment.
const nobody = "http://127.0.0.1:1"

func answering(t *testing.T, code int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestAskAnyGoesOnToTheNextNode(t *testing.T) {
	starting := answering(t, 503, `{"type":"error","code":501,"name":"not_ready","message":"soon","retry":"elsewhere"}`)
	healthy := answering(t, 200, "body")
	body, err := askAny(t.Context(), []string{nobody, starting, healthy}, "/")
	if err != nil || string(body) != "body" {
		t.Errorf("got %q, %v", body, err)
	}
	if _, err := askAny(t.Context(), []string{nobody, starting}, "/"); err == nil || !strings.Contains(err.Error(), "not_ready (501): soon") {
		t.Errorf("got %v", err)
	}
}

func TestAskAnyTakesARefusalForAnAnswer(t *testing.T) {
	unknown := answering(t, 404, `{"type":"error","code":205,"name":"not_found","message":"no such instance","retry":"no"}`)
	healthy := answering(t, 200, "body")
	_, err := askAny(t.Context(), []string{unknown, healthy}, "/")
	var refused *wire.Error
	if !errors.As(err, &refused) || refused.Code != wire.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

func TestBaseURL(t *testing.T) {
	for node, want := range map[string]string{
		"127.0.0.1:8761":      "http://127.0.0.1:8761",
		"http://node:1/":      "http://node:1",
		"https://node/prefix": "https://node/prefix",
		"ws://node:1":         "http://node:1",
		"wss://node":          "https://node",
	} {
		if got := baseURL(node); got != want {
			t.Errorf("%s becomes %s, want %s", node, got, want)
		}
	}
}

// TestPasswordsAreNotShown, which a node's URL may have for a proxy before it.
func TestPasswordsAreNotShown(t *testing.T) {
	node := strings.Replace(nobody, "://", "://user:secret@", 1)
	for _, args := range [][]string{
		{"get", "--read", node}, {"override", "A", "i", "DOWN", "--write", strings.TrimPrefix(node, "http://")}, {"cluster", "--write", node, "--read", node},
		{"cluster", "--json", "--write", node, "--read", node}, {"evictions", "--write", node}, {"evictions", "--json", "--write", node},
	} {
		var out, err strings.Builder
		code := run(t.Context(), args, console{out: &out, err: &err})
		if said := out.String() + err.String(); code == exitDone || strings.Contains(said, "secret") || !strings.Contains(said, "user:xxxxx@") {
			t.Errorf("%q: exit code %d, %s", args, code, said)
		}
	}
}

// TestPasswordsThatBreakAURLAreNotShown holds that who is told so isn't told the password.
func TestPasswordsThatBreakAURLAreNotShown(t *testing.T) {
	const node = "http://user:50%secret@127.0.0.1:9"
	for _, args := range [][]string{
		{"get", "--read", node}, {"override", "A", "i", "DOWN", "--write", node}, {"cluster", "--json", "--write", node, "--read", node},
		{"evictions", "--write", node}, {"watch", "--read", node, "--app", "A"},
		{"register", "--write", node, "--app", "A", "--id", "i", "--ip", "10.0.0.1", "--port", "1"}, {"watch", "--read", "ftp://user:secret@URL"},
	} {
		var out, err strings.Builder
		code := run(t.Context(), args, console{out: &out, err: &err})
		if said := out.String() + err.String(); code == exitDone || strings.Contains(said, "secret") || !strings.Contains(said, "URL") {
			t.Errorf("%q: exit code %d, %s", args, code, said)
		}
	}
}
