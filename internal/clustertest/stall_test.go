package clustertest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

// stall is what happens when subscribers stop reading.
type stall struct {
	stalled   int
	instances int           // of the one application that all are interested in
	rate      int           // changes a second
	lasts     time.Duration // and as long is looked at what is before
	args      []string      // of the nodes
}

const (
	// heldMost is what a read node's memory may grow by for a subscriber that doesn't
	// read: the one frame that is stuck.
	heldMost = 64 << 10
	// garbage is what it may grow by in any case, until the runtime gives it back.
	garbage = 32 << 20
)

// TestSubscribersThatDontReadAreHeldLittleFor has a hundred stop reading for
// thousands of changes.
func TestSubscribersThatDontReadAreHeldLittleFor(t *testing.T) {
	t.Parallel()
	stall{stalled: 100, instances: 50, rate: 2000, lasts: 2 * time.Second}.passes(t)
}

// TestMeasureStalled has one, then 500, stop reading for a minute while what they
// are interested in changes 100,000 times.
func TestMeasureStalled(t *testing.T) {
	measured(t)
	for _, stalled := range []int{1, 500} {
		stall{stalled: stalled, instances: 50, rate: 1700, lasts: time.Minute, args: production()}.passes(t)
	}
}

func (s stall) passes(t *testing.T) {
	// Ended instances are remembered for as short as can be: they aren't the subject.
	f := launchWith(t, 1, 1, append(slices.Concat(s.args, patiently()), "--tombstones", "10s"))
	read := f.reads[0]
	p := newPacer(f, s.rate, 1, s.instances)
	app := interest.Interest{Kind: interest.App, Value: "APP-0"}
	witness := watch(t, read.node.HTTP, app)
	var delays delays
	witness.seen(delays.put)
	end := p.begin()
	alone := s.spends(f, p, &delays)
	var crowd []*sleeper
	web := narrow(t)
	for n := range s.stalled {
		crowd = append(crowd, newSleeper(f, web, read, n, app))
	}
	fresh := f.memory(read)
	before := p.acknowledgements()
	asleep := s.spends(f, p, &delays)
	changes := p.acknowledgements() - before
	registered := end()

	// The witness has everything while the others are stuck.
	witness.holds(registered)
	stuck := int(f.metrics(read)["heureka_read_sessions_stuck"])
	var report promise.Report
	promise.Isolation{}.Meanwhile(&report, witness.name, registered[0].Key(), stuck == s.stalled)
	promise.Bounds{Session: heldMost}.Memory(&report, read.node.Name, s.stalled, fresh+garbage, asleep.memory)

	told := 0
	var reading sync.WaitGroup
	digest := digestOf(registered)
	for _, sl := range crowd {
		sl.frames, sl.puts = 0, 0
		reading.Go(func() {
			sl.read(func() bool { return sl.judge.Len() == len(registered) && sl.judge.Digest() == digest })
		})
	}
	reading.Wait()
	frames := 0
	for _, sl := range crowd {
		sl.converged(registered)
		frames, told = max(frames, sl.frames), max(told, sl.puts)
	}
	if told > changes/2 {
		t.Errorf("who didn't read was told %d of %d changes", told, changes)
	}
	witness.converged(registered...)
	if err := report.Err(); err != nil {
		t.Error(err)
	}
	given := f.metrics(read)
	if given["heureka_read_sessions_given_up_total"] > 0 || given["heureka_read_given_up_total"] > 0 {
		t.Error("somebody was given up")
	}
	t.Logf("%d that don't read for %v and %d changes: %d stuck; then right after %d frames at most, with %d of the changes; %v were replaced by a snapshot",
		s.stalled, s.lasts, changes, stuck, frames, told, given["heureka_read_replacements_total"])
	for _, sp := range []struct {
		name string
		spend
	}{{"without", alone}, {"with them", asleep}} {
		t.Logf("%-10s node's memory %4.1f MiB; sent to seen by who reads: median %v, 99 of 100 %v", sp.name, float64(sp.memory)/(1<<20), sp.median, sp.p99)
	}
	t.Logf("%.1f KiB more for each of those", float64(asleep.memory-fresh)/1024/float64(s.stalled))
}

// spend is what a time cost.
type spend struct {
	memory      int64 // of the read node, resident, at its end
	median, p99 time.Duration
}

func (s stall) spends(f *fleet, p *pacer, d *delays) spend {
	f.t.Helper()
	d.take()
	p.passes(s.lasts)
	out := spend{memory: f.memory(f.reads[0])}
	took := d.take()
	if len(took) == 0 {
		f.t.Fatal("who reads was told nothing")
	}
	slices.Sort(took)
	out.median, out.p99 = took[len(took)/2].Round(10*time.Microsecond), took[len(took)*99/100].Round(10*time.Microsecond)
	return out
}

// memory returns what is resident of a node.
func (f *fleet) memory(p *process) int64 {
	f.t.Helper()
	resident := int64(f.metrics(p)["process_resident_memory_bytes"])
	if resident == 0 {
		f.t.Skip("this system doesn't tell what is resident")
	}
	return resident
}

// narrow returns an HTTP client for whose connections the kernel keeps little: a few
// seconds of changes fill it.
func narrow(t *testing.T) *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(32 << 10)
		}
		return conn, err
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// delays gathers how long changes of a pacer took until they were seen.
type delays struct {
	mu   sync.Mutex
	took []time.Duration
}

func (d *delays) put(in *model.Instance) {
	sent, err := strconv.ParseInt(in.Metadata["sent"], 10, 64)
	if err != nil {
		return // it was there before
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.took = append(d.took, time.Since(time.Unix(0, sent)))
}

// take returns what was gathered since the last time.
func (d *delays) take() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := d.took
	d.took = nil
	return out
}

// sleeper is a subscriber that reads only when it is told to.
type sleeper struct {
	t       *testing.T
	name    string
	channel *raw.Channel
	report  promise.Report
	judge   *promise.Session
	frames  int
	puts    int
}

// newSleeper subscribes, half of them in either format, and reads until all is told.
func newSleeper(f *fleet, web *http.Client, p *process, n int, interests ...interest.Interest) *sleeper {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	format := []wire.Format{wire.FormatProto, wire.FormatJSON}[n%2]
	channel, _, err := raw.Dialer{HTTP: web, Formats: []wire.Format{format}}.Hello(ctx, p.node.HTTP, wire.PathSubscriptions, wire.Hello{})
	if err != nil {
		f.t.Fatal(err)
	}
	sl := &sleeper{t: f.t, name: fmt.Sprint("sleeper ", n), channel: channel}
	f.t.Cleanup(sl.verdict)
	sl.judge = promise.NewSession(sl.name, &sl.report)
	set, err := interest.NewSet(interest.DefaultLimits(), interests)
	if err != nil {
		f.t.Fatal(err)
	}
	sl.judge.Subscribed(1, set.Match)
	if err := channel.Send(ctx, &wire.Subscribe{Seq: 1, Interests: interests}); err != nil {
		f.t.Fatal(err)
	}
	sl.read(sl.judge.Settled)
	return sl
}

// read reads and judges until the condition holds after a frame.
func (sl *sleeper) read(enough func() bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	for !enough() {
		frame, err := sl.channel.Receive(ctx)
		if err != nil {
			sl.t.Errorf("%s: %v", sl.name, err)
			return
		}
		sl.frames++
		promise.Bounds{Frame: 64 << 10}.Received(&sl.report, sl.name, frame.Size)
		for _, m := range frame.Messages {
			if _, is := m.(*wire.Put); is {
				sl.puts++
			}
			sl.judge.Receive(m)
		}
	}
}

func (sl *sleeper) converged(registered []*model.Instance) {
	all := make(map[model.Key]*model.Instance, len(registered))
	for _, in := range registered {
		all[in.Key()] = in
	}
	promise.Converge(&sl.report, all, sl.judge.View())
}

func (sl *sleeper) verdict() {
	sl.channel.Close()
	if err := sl.report.Err(); err != nil {
		sl.t.Error(err)
	}
}

func digestOf(all []*model.Instance) (digest uint64) {
	for _, in := range all {
		digest += in.Hash()
	}
	return digest
}
