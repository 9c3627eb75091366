package eurekatest

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/internal/dev"
	"heureka/internal/foreign"
)

// TestDifferential asks the reference server, a write node and a read node the same. Whatever is
// answered differently must be in the table of accepted differences, and what is in
// the table must still be so.
func TestDifferential(t *testing.T) {
	if *clients == "none" {
		t.Skip("runs the reference server: -clients newest")
	}
	t.Parallel() // beside the scenarios, which mostly wait
	t.Run("reference", asksAll)
}

func asksAll(t *testing.T) {
	reference := startReference(t)
	nodes := []*server{startNode(t, cluster.Write), startNode(t, cluster.Read)}
	d := &differential{t: t, theirs: reference, ours: nodes, accepted: acceptedDifferences(), seen: map[int]int{}, unaccepted: map[likeness][]difference{}}
	defer d.report()
	for i, s := range stories() {
		d.tell(s, fmt.Sprintf("s%04d", i))
	}
}

func startReference(t *testing.T) *server {
	s, err := foreign.StartServer(t.Context(), foreign.ServerConfig{Settings: []string{
		"--eureka.server.response-cache-auto-expiration-in-seconds=1",
		"--eureka.server.retention-time-in-m-s-in-delta-queue=20000", // or deltas tell of hundreds of stories
		"--eureka.server.delta-retention-timer-interval-in-ms=1000",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return newServer(t, "the reference", strings.TrimSuffix(s.URL, "/eureka/"))
}

// startNode starts a write node in this process, and if a read node is to be asked, one
// before it, which passes on to it.
func startNode(t *testing.T, role cluster.Role) *server {
	reads := 0
	if role == cluster.Read {
		reads = 1
	}
	c, err := dev.NewCluster(dev.AnyPorts(1, reads), dev.Settings{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- c.Run(ctx, func() { close(ready) }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	return newServer(t, "a "+string(role)+" node", "http://"+c.Nodes(role)[0].HTTP)
}

func newServer(t *testing.T, name, url string) *server {
	web := &http.Client{Timeout: patience, Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(web.CloseIdleConnections)
	return &server{name: name, url: url, web: web}
}

// differential tells all servers the same stories.
type differential struct {
	t          *testing.T
	theirs     *server
	ours       []*server
	accepted   []accepted
	seen       map[int]int // how often each accepted difference was met
	requests   int         // at each server
	unaccepted map[likeness][]difference
}

// tell tells a story under a tag of its own.
func (d *differential) tell(s story, tag string) {
	began := time.Now()
	for i := range s.steps {
		parted, err := d.compare(&s, &s.steps[i], tag, began)
		if err != nil {
			d.t.Fatalf("%s: %v", s.name, err)
		}
		if parted {
			break
		}
	}
	for _, server := range append(d.ours[:len(d.ours):len(d.ours)], d.theirs) {
		if err := server.clear(d.t.Context(), tag); err != nil {
			d.t.Fatalf("after %s (%s), %s: %v", s.name, tag, s.steps[0].title(), err)
		}
	}
}

// showing is how long a change may take to be shown. It takes milliseconds.
const showing = 10 * time.Second

// compare compares the answers to one request. Servers part if only one has done what it
// was told, or one failed half-way: the rest of the story isn't the same any more.
func (d *differential) compare(s *story, r *step, tag string, began time.Time) (parted bool, err error) {
	d.requests++
	theirs, err := d.theirs.ask(d.t.Context(), r, tag)
	if err != nil {
		return false, err
	}
	for _, node := range d.ours {
		one, err := d.compareTo(node, theirs, s, r, tag, began)
		if err != nil {
			return false, err
		}
		parted = parted || one
	}
	return parted, nil
}

// compareTo compares what the reference has answered with what a node does.
func (d *differential) compareTo(node *server, theirs *answer, s *story, r *step, tag string, began time.Time) (parted bool, err error) {
	var c *comparison
	wait := showing
	if len(d.unaccepted) > 2 { // the test has failed: it needn't take long
		wait = 0
	}
	ours, err := node.settles(d.t.Context(), r, tag, wait, func(ours *answer) bool {
		c = &comparison{step: s.title(r), at: node.name, began: began}
		c.answers(theirs, ours)
		return !slices.ContainsFunc(c.found, func(one difference) bool { return d.isNew(one, tag) })
	})
	if err != nil {
		return false, err
	}
	for _, one := range c.found {
		one = one.without(tag)
		if by := d.acceptedBy(&one); by >= 0 {
			d.seen[by]++
			continue
		}
		d.unaccepted[one.likeness()] = append(d.unaccepted[one.likeness()], one)
	}
	least, most := min(theirs.code, ours.code), max(theirs.code, ours.code)
	return least != most && (least < http.StatusMultipleChoices || most >= http.StatusInternalServerError) && r.changes(), nil
}

// isNew reports whether a difference is neither accepted nor reported already. It may
// be that a change isn't shown yet.
func (d *differential) isNew(one difference, tag string) bool {
	one = one.without(tag)
	return len(d.unaccepted[one.likeness()]) == 0 && d.acceptedBy(&one) < 0
}

// title says where in the story a request is: after which others that matter.
func (s *story) title(r *step) string {
	for i := range s.steps {
		if before := &s.steps[i]; before == r || before.method == http.MethodGet {
			break
		} else if i+1 < len(s.steps) && s.steps[i+1].method == http.MethodGet && len(s.steps) < 12 {
			return s.name + " > " + before.title() + " > " + r.title()
		}
	}
	return s.name + " > " + r.title()
}

func (d *differential) acceptedBy(one *difference) int {
	return slices.IndexFunc(d.accepted, func(a accepted) bool { return a.covers(one) })
}

// shownOfKind is how many of like differences are shown.
const shownOfKind = 20

// report fails the test for what isn't accepted, like things together, and for what is
// accepted in vain.
func (d *differential) report() {
	d.t.Logf("%d requests", d.requests)
	kinds := d.unaccepted
	order := slices.Collect(maps.Keys(kinds))
	slices.SortFunc(order, func(a, b likeness) int {
		return cmp.Or(cmp.Compare(len(kinds[b]), len(kinds[a])), cmp.Compare(a.what, b.what), cmp.Compare(a.theirs, b.theirs))
	})
	for _, k := range order {
		d.t.Errorf("%d times: %s: the reference %s, %s %s", len(kinds[k]), k.what, k.theirs, k.at, k.ours)
		for _, one := range kinds[k][:min(shownOfKind, len(kinds[k]))] {
			d.t.Logf("    %s", one.step)
		}
	}
	docs, err := os.ReadFile("../../docs/eureka1.md")
	if err != nil {
		d.t.Fatal(err)
	}
	for i, a := range d.accepted {
		if d.seen[i] == 0 && !strings.HasPrefix(a.reason, atTimes) {
			d.t.Errorf("this accepted difference isn't there any more: %s, %s: the reference %s, here %s (%s)", a.step, a.what, a.theirs, a.ours, a.reason)
		}
		if !strings.Contains(string(docs), a.row) {
			d.t.Errorf("docs/eureka1.md doesn't say %q", a.row)
		}
	}
}
