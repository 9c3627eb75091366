package eurekatest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// step is one request of a story. In all of it {app} and {id} stand for the story's own.
type step struct {
	name    string // what is special about it
	method  string
	path    string // with the query, as sent, below /eureka
	headers map[string]string
	body    string
}

// story is requests in their order, to a registry that is empty when it begins.
type story struct {
	name  string
	steps []step
}

// title says what a request is, for people and for the table of accepted differences.
func (s *step) title() string {
	title := s.method + " " + s.path
	if s.name != "" {
		title += " (" + s.name + ")"
	}
	return title
}

// changes reports whether it is meant to change something.
func (s *step) changes() bool {
	return s.method == http.MethodPost || s.method == http.MethodPut || s.method == http.MethodDelete
}

// server is one that is asked.
type server struct {
	name string // for people
	url  string // such as http://127.0.0.1:8761
	web  *http.Client
}

// answer is what a server said.
type answer struct {
	code   int
	header http.Header
	doc    *tree
}

// words puts a story's own application and id into a text.
func words(text, tag string) string {
	return strings.NewReplacer("{app}", strings.ToUpper(tag), "{vip}", tag, "{id}", tag+"-1").Replace(text)
}

// ask makes the request of a step.
func (s *server) ask(ctx context.Context, r *step, tag string) (*answer, error) {
	body := words(r.body, tag)
	if r.headers["Content-Encoding"] == "gzip" {
		body = zipped(body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, s.url+words(r.path, tag), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "") // none, or Go says its own
	for name, value := range r.headers {
		req.Header.Set(name, value)
	}
	resp, err := s.web.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	out, err := unzipped(resp)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", r.title(), s.url, err)
	}
	doc := parse(resp.Header.Get("Content-Type"), out)
	only(doc, words("{app}", tag))
	return &answer{resp.StatusCode, resp.Header, doc}, nil
}

// zipped returns a text as gzip has it.
func zipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = io.WriteString(w, text) // a buffer takes everything
	_ = w.Close()
	return out.String()
}

func unzipped(resp *http.Response) ([]byte, error) {
	if resp.Header.Get("Content-Encoding") != "gzip" || resp.Request.Method == http.MethodHead {
		return io.ReadAll(resp.Body)
	}
	unzip, err := gzip.NewReader(resp.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzip)
}

// only leaves the applications whose names begin so in a document of many: a delta
// still tells of the stories before.
func only(doc *tree, prefix string) {
	list := doc
	if root := doc.get("applications"); root != nil {
		list = root
	}
	if inner := list.get("application"); inner != nil && inner.kind == "list" {
		list = inner
	} else if doc.name != "applications" {
		return
	}
	list.kids = slices.DeleteFunc(list.kids, func(t *tree) bool {
		return (t.name == "application" || t.name == "[]") && !strings.HasPrefix(t.word("name"), prefix)
	})
}

// settles makes the request of a step again and again until the answer is good, for as
// long as a change may take to be shown. It returns the last answer.
func (s *server) settles(ctx context.Context, r *step, tag string, most time.Duration, good func(*answer) bool) (*answer, error) {
	again := time.NewTicker(look)
	defer again.Stop()
	for deadline := time.Now().Add(most); ; {
		got, err := s.ask(ctx, r, tag)
		if err != nil || good(got) || r.method != http.MethodGet || time.Now().After(deadline) {
			return got, err
		}
		<-again.C
	}
}

// clear removes what the story has left, until nothing is shown any more. First goes
// what may not be shown yet.
func (s *server) clear(ctx context.Context, tag string) error {
	for _, id := range []string{"{id}", "{id}.test"} {
		if _, err := s.ask(ctx, &step{method: http.MethodDelete, path: "/eureka/apps/{app}/" + id}, tag); err != nil {
			return err
		}
	}
	whole := &step{method: http.MethodGet, path: "/eureka/apps", headers: map[string]string{"Accept": "application/json"}}
	again := time.NewTicker(look / 4)
	defer again.Stop()
	for deadline := time.Now().Add(patience); ; {
		got, err := s.ask(ctx, whole, tag)
		if err != nil {
			return err
		}
		apps := got.doc.get("applications")
		if apps == nil {
			return fmt.Errorf("%s doesn't show its registry: %d", s.url, got.code)
		}
		if apps.word("apps__hashcode") == "" {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s still has %s", s.url, apps.word("apps__hashcode"))
		}
		if err := s.removeAll(ctx, apps, tag); err != nil {
			return err
		}
		<-again.C
	}
}

func (s *server) removeAll(ctx context.Context, apps *tree, tag string) error {
	for _, app := range apps.get("application").kids {
		for _, in := range app.get("instance").kids {
			path := "/eureka/apps/" + pathEscape(in.word("app")) + "/" + pathEscape(cmp.Or(in.word("instanceId"), in.word("hostName")))
			if _, err := s.ask(ctx, &step{method: http.MethodDelete, path: path}, tag); err != nil {
				return err
			}
		}
	}
	return nil
}
