package clustertest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

const (
	vips   = 50 // how many vips the instances of a pacer share
	pacers = 20 // connections of a pacer
)

// pacer says changes at a steady rate, in turns on some connections to the write
// nodes, whoever suffers what, and notes how long their acknowledgements take. Most
// are new words of an instance; one of ten ends an instance and begins another.
type pacer struct {
	t        *testing.T
	rate     int // changes a second
	apps     int
	channels []*pacing
	all      sync.WaitGroup
	halt     context.CancelFunc

	said  int
	alive []*model.Instance // by turns
	at    []int             // the index of the channel that each is on
	ids   int

	mu     sync.Mutex
	failed error
	acks   []acked
}

// pacing is one connection of a pacer.
type pacing struct {
	*raw.Channel
	mu   sync.Mutex
	seq  uint64
	sent map[uint64]time.Time
}

// acked is how long an acknowledgement took, and when it came.
type acked struct {
	when time.Time
	took time.Duration
}

// newPacer registers so many instances at the nodes.
func newPacer(f *fleet, rate, apps, instances int) *pacer {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &pacer{t: f.t, rate: rate, apps: apps, halt: cancel}
	f.t.Cleanup(func() {
		cancel()
		p.all.Wait()
	})
	for n := range pacers {
		hello := wire.Hello{Process: fmt.Sprintf("pacer-%d", n), Connection: 1}
		channel, _, err := raw.Dialer{HTTP: f.web(loopback{})}.Hello(ctx, f.writes[n%len(f.writes)].node.HTTP, wire.PathRegistrations, hello)
		if err != nil {
			f.t.Fatal(err)
		}
		c := &pacing{Channel: channel, sent: make(map[uint64]time.Time)}
		p.channels = append(p.channels, c)
		p.all.Go(func() { p.receive(ctx, c) })
	}
	for n := range instances {
		in := p.next(n % apps)
		p.alive, p.at = append(p.alive, in), append(p.at, n%pacers)
		p.say(n%pacers, &wire.Register{Instance: in})
		if n%1000 == 999 {
			p.settled()
		}
	}
	p.settled()
	p.all.Go(func() { p.live(ctx) })
	return p
}

// live keeps the connections while nothing is said on them, as a client does.
func (p *pacer) live(ctx context.Context) {
	beat := time.NewTicker(processHeartbeat / 2)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		for _, c := range p.channels {
			if err := c.Send(ctx, &wire.Heartbeat{}); err != nil && ctx.Err() == nil {
				p.fail(err)
			}
		}
	}
}

// next returns an instance that never was.
func (p *pacer) next(app int) *model.Instance {
	p.ids++
	in := &model.Instance{
		App: fmt.Sprintf("app-%d", app), ID: fmt.Sprintf("instance-%d", p.ids),
		HostName: fmt.Sprintf("host-%d.example.com", p.ids), Address: "10.1.2.3", VIP: fmt.Sprintf("vip-%d", app%vips),
		Ports: []model.Port{{Name: "http", Number: 8080}}, Status: model.StatusUp,
		HomePageURL: "http://host.example.com:8080/", HealthCheckURL: "http://host.example.com:8080/health",
		Metadata: map[string]string{"zone": "eu-1a", "version": "1.2.3", "word": "0"},
		Lease:    model.Lease{DurationMs: (10 * time.Minute).Milliseconds()},
	}
	return in.Canonical()
}

// begin says changes until the function that it returns is called, which returns
// what is registered when all is acknowledged.
func (p *pacer) begin() (end func() []*model.Instance) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		const step = 10 * time.Millisecond
		ticker := time.NewTicker(step)
		defer ticker.Stop()
		began, said := time.Now(), 0
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
			for due := int(time.Since(began).Seconds() * float64(p.rate)); said < due; said++ {
				p.change()
			}
		}
	}()
	return func() []*model.Instance {
		p.t.Helper()
		close(stop)
		<-stopped
		p.settled()
		return slices.Clone(p.alive)
	}
}

// passes waits until so many changes are acknowledged as it says in that time.
func (p *pacer) passes(d time.Duration) {
	p.t.Helper()
	enough := p.acknowledgements() + int(d.Seconds()*float64(p.rate))
	timeout := time.After(d + patience)
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for p.acknowledgements() < enough {
		p.well()
		select {
		case <-again.C:
		case <-timeout:
			p.t.Fatalf("%d changes are acknowledged, not %d", p.acknowledgements(), enough)
		}
	}
}

func (p *pacer) acknowledgements() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.acks)
}

// change says the next one.
func (p *pacer) change() {
	p.said++
	turn := p.said * 7919 % len(p.alive) // all over the registry, and each in its turn
	in, channel := p.alive[turn], p.at[turn]
	if p.said%10 == 0 {
		p.say(channel, &wire.Unregister{App: in.App, ID: in.ID})
		in = p.next(p.said % p.apps)
	} else {
		in = in.Clone()
		in.Metadata["word"] = fmt.Sprint(p.said)
	}
	in.Metadata["sent"] = fmt.Sprint(time.Now().UnixNano())
	p.alive[turn] = in
	p.say(channel, &wire.Register{Instance: in})
}

func (p *pacer) say(channel int, m wire.Message) {
	c := p.channels[channel]
	c.mu.Lock()
	c.seq++
	c.sent[c.seq] = time.Now()
	switch m := m.(type) {
	case *wire.Register:
		m.Seq = c.seq
	case *wire.Unregister:
		m.Seq = c.seq
	}
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Send(ctx, m); err != nil {
		p.fail(err)
	}
}

func (p *pacer) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil {
		p.failed = err
	}
}

func (p *pacer) receive(ctx context.Context, c *pacing) {
	defer c.Close()
	for {
		frame, err := c.Receive(ctx)
		if err != nil {
			if ctx.Err() == nil {
				p.fail(err)
			}
			return
		}
		for _, m := range frame.Messages {
			switch m := m.(type) {
			case *wire.Ack:
				p.acknowledged(c, m.Seq)
			case *wire.Error:
				p.fail(m)
			}
		}
	}
}

func (p *pacer) acknowledged(c *pacing, seq uint64) {
	now := time.Now()
	c.mu.Lock()
	sent, said := c.sent[seq]
	delete(c.sent, seq)
	c.mu.Unlock()
	if !said { // a heartbeat
		return
	}
	took := now.Sub(sent)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.acks = append(p.acks, acked{now, took})
}

// settled waits until all is acknowledged.
func (p *pacer) settled() {
	p.t.Helper()
	timeout := time.After(patience)
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for {
		waiting := 0
		for _, c := range p.channels {
			c.mu.Lock()
			waiting += len(c.sent)
			c.mu.Unlock()
		}
		p.well()
		if waiting == 0 {
			return
		}
		select {
		case <-again.C:
		case <-timeout:
			p.t.Fatalf("%d changes aren't acknowledged", waiting)
		}
	}
}

// well fails the test if a connection was lost, or something refused.
func (p *pacer) well() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil {
		p.t.Fatalf("what changes: %v", p.failed)
	}
}

// latencies returns the median and the 99th percentile of the acknowledgements that
// came between two moments.
func (p *pacer) latencies(from, to time.Time) (n int, median, p99 time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var took []time.Duration
	for _, a := range p.acks {
		if a.when.After(from) && a.when.Before(to) {
			took = append(took, a.took)
		}
	}
	if len(took) == 0 {
		return 0, 0, 0
	}
	slices.Sort(took)
	return len(took), took[len(took)/2], took[len(took)*99/100]
}
