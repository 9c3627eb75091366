package clustertest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/internal/dev"
)

// storm is what happens when a read node dies that has many subscribers.
type storm struct {
	subscribers int
	rate        int           // changes a second
	quiet       time.Duration // for how long is looked at what is before and after it
	dial        time.Duration // for a handshake; 0: as long as the SDK has it
	args        []string      // of the nodes
}

// TestSubscribersOfADeadReadNodeResumeAtItsSibling kills a read node under some
// hundred subscribers, a driver's process.
func TestSubscribersOfADeadReadNodeResumeAtItsSibling(t *testing.T) {
	t.Parallel()
	s := storm{subscribers: 600, rate: 100, quiet: 2 * time.Second,
		dial: patience, // which all make at once, on a busy machine
		args: production()}
	s.breaks(t)
}

// TestMeasureStorm does so with 10,000, and tells how long it takes and what it costs.
func TestMeasureStorm(t *testing.T) {
	measured(t)
	s := storm{subscribers: 10_000, rate: 200, quiet: 11 * time.Second, args: production()}
	s.breaks(t)
}

// spell is a time of a storm, and what was spent in it.
type spell struct {
	name      string
	from, to  time.Time
	writes    cost
	sibling   cost
	evictions float64
}

func (s storm) breaks(t *testing.T) {
	built.of(t, cluster.Read)
	plan, release, err := dev.FreePlan(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	f := launchEach(t, plan.Nodes(), func(dev.Node) place { return loopback{} }, func(n dev.Node) []string {
		if n.Role == cluster.Read { // nobody is asked to move but by the death
			return append(s.args[:len(s.args):len(s.args)], "--shed-share", "0")
		}
		return s.args
	})
	dying, sibling := f.reads[0], f.reads[1]
	sibling.stop() // so that all are at the other one

	apps := max(20, s.subscribers/10)
	p := newPacer(f, s.rate, apps, 10*apps)
	d := drive(t)
	began := time.Now()
	d.order(order{Do: "subscribe", Nodes: []string{dying.node.HTTP, sibling.node.HTTP}, Subscribers: s.subscribers, Dial: s.dial, Apps: apps})
	before := s.served(f, d, dying.node.Name)
	t.Logf("%d subscribers connected within %v: %d handshakes, refused %v", s.subscribers, time.Since(began).Round(time.Millisecond), before.Dialled, before.Refused)
	f.again(sibling)
	f.same(10 * apps)

	end := p.begin()
	spells := []*spell{s.lasts(f, "before", func() { p.passes(s.quiet) })}
	profile := s.profile(f, sibling)
	metrics := f.metrics(sibling)
	dying.kill()
	var after *tally
	spells = append(spells, s.lasts(f, "during", func() { after = s.served(f, d, sibling.node.Name) }))
	profile()
	spells = append(spells, s.lasts(f, "after", func() { p.passes(s.quiet) }))
	d.judged(end())
	now := f.metrics(sibling)

	t.Logf("back within: half %v, 99 of 100 %v, all %v", after.quantile(0.5), after.quantile(0.99), after.quantile(1))
	t.Logf("%d resumed, %d refused tokens, %d snapshots, %d repairs; %d handshakes, refused %v; how often: %v", after.Resumes-before.Resumes,
		after.Refusals-before.Refusals, after.Snapshots-before.Snapshots, after.Repairs-before.Repairs, after.Dialled-before.Dialled, after.Refused, after.TurnedOff)
	for _, sp := range spells {
		s.judge(t, f, p, sp)
	}
	grew := func(name string) float64 { return now["heureka_read_"+name] - metrics["heureka_read_"+name] }
	if after.Repairs > before.Repairs {
		t.Errorf("%d views differed from what their node counted", after.Repairs-before.Repairs)
	}
	if resumed := int(after.Resumes - before.Resumes); resumed+int(grew("outweighed_tokens_total")) < s.subscribers || grew("resumes_total") < float64(resumed) {
		t.Errorf("%d of %d resumed; the node counts %v, and %v to whom a snapshot was the shorter thing to say",
			resumed, s.subscribers, grew("resumes_total"), grew("outweighed_tokens_total"))
	}
	if after.Refusals > before.Refusals {
		t.Errorf("%d tokens were refused", after.Refusals-before.Refusals)
	}
}

// served waits until the subscribers have been told everything by that node.
func (s storm) served(f *fleet, d *driver, node string) *tally {
	f.t.Helper()
	var now *tally
	f.eventually("the subscribers to be served by "+node, func() error {
		now = d.order(order{Do: "tell"})
		if now.Level != s.subscribers || now.Nodes[node] != s.subscribers {
			return fmt.Errorf("%d are served; they are at %v; handshakes refused: %v", now.Level, now.Nodes, now.Refused)
		}
		return nil
	})
	return now
}

// lasts notes what nodes spend while the function runs.
func (s storm) lasts(f *fleet, name string, during func()) *spell {
	f.t.Helper()
	sibling := f.reads[1]
	sp := &spell{name: name, from: time.Now()}
	writes, read, evictions := f.spent(f.writes...), f.spent(sibling), s.evicted(f)
	during()
	sp.to = time.Now()
	sp.writes, sp.sibling, sp.evictions = f.spent(f.writes...).since(writes), f.spent(sibling).since(read), s.evicted(f)-evictions
	return sp
}

func (s storm) evicted(f *fleet) (sum float64) {
	for _, w := range f.writes {
		for name, n := range f.metrics(w) {
			if strings.HasPrefix(name, "heureka_write_evictions_total") {
				sum += n
			}
		}
	}
	return sum
}

// judge tells what was spent, and that the write nodes have noticed nothing.
func (s storm) judge(t *testing.T, f *fleet, p *pacer, sp *spell) {
	t.Helper()
	n, median, p99 := p.latencies(sp.from, sp.to)
	took := sp.to.Sub(sp.from).Seconds()
	t.Logf("%-6s %5.1f s: write nodes %4.0f %% of a core, %.0f evictions, %.0f pulls answered; the sibling %3.0f %%; %d acknowledgements, median %v, 99 of 100 %v",
		sp.name, took, 100*sp.writes.cpu/took, sp.evictions, sp.writes.answers, 100*sp.sibling.cpu/took, n,
		median.Round(100*time.Microsecond), p99.Round(100*time.Microsecond))
	if sp.evictions > 0 || sp.writes.answers > 0 {
		t.Errorf("%s the storm the write nodes evicted %.0f and answered %.0f pulls", sp.name, sp.evictions, sp.writes.answers)
	}
}

// profile profiles the node for the seconds that a storm takes, if asked to. The
// function that it returns waits for its end.
func (s storm) profile(f *fleet, p *process) func() {
	if *profiles == "" {
		return func() {}
	}
	done := make(chan error, 1)
	go func() {
		done <- func() error {
			answer, err := f.web(p.place).Get("http://" + p.node.Admin + "/debug/pprof/profile?seconds=5")
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			file, err := os.Create(filepath.Join(*profiles, p.node.Name+".pprof"))
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = io.Copy(file, answer.Body)
			return err
		}()
	}()
	return func() {
		if err := <-done; err != nil {
			f.t.Errorf("the profile of %s: %v", p.node.Name, err)
		}
	}
}
