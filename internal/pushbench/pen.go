package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"heureka/internal/bench"
	"heureka/wire"
)

// pen is the role "pen": it registers a population and changes it. What it sends
// is built beforehand; only change number and time are written into it.
type pen struct {
	records  *records
	lanes    []*lane
	dialect  dialect
	prepared []prepared // by instance
}

// prepared is a change that has been built, and where its mark is.
type prepared struct {
	message []byte
	mark    int
}

// dialect is how a kind of server is written to.
type dialect struct {
	format   wire.Format                                     // that a node chose
	open     func(ctx context.Context, n int) (*lane, error) // the n-th connection
	register func(k int) ([]byte, error)                     // nil where nothing registers
	change   func(k int) ([]byte, error)
	beat     []byte // keeps a connection alive, if that is needed
}

// openPen are the arguments of "open".
type openPen struct {
	Kind        string      `json:"kind"`
	Address     string      `json:"address"`
	Format      wire.Format `json:"format"` // of what a bare socket pushes
	Connections int         `json:"connections"`
	Population  population  `json:"population"`
}

// beat is how often a writer says that it lives.
const beat = 5 * time.Second

func servePen(in io.Reader, out io.Writer) error {
	p, l := &pen{}, &loops{}
	return bench.Obey(in, out, bench.Started{}, map[string]bench.Command{
		"open":     bench.With(p.open),
		"register": bench.With(p.register),
		"change":   bench.With(p.change),
		"beat":     bench.With(p.beat),
		"prepare":  bench.With(l.prepare),
		"loop":     bench.With(l.run),
	})
}

// open connects, and answers with the format that a node chose.
func (p *pen) open(args openPen) (any, error) {
	var err error
	if p.records, err = newRecords(args.Population); err != nil {
		return nil, err
	}
	if p.dialect, err = dialectOf(args, p.records); err != nil {
		return nil, err
	}
	for n := range args.Connections {
		lane, err := p.dialect.open(context.Background(), n)
		if err != nil {
			return nil, err
		}
		p.lanes = append(p.lanes, lane)
		if p.dialect.beat != nil {
			go keepAlive(lane, p.dialect.beat)
		}
	}
	p.prepared = make([]prepared, args.Population.Instances)
	return p.dialect.format, nil
}

// keepAlive beats until the connection has ended, with the process at the latest.
func keepAlive(l *lane, message []byte) {
	for range time.Tick(beat) {
		if l.send(message) != nil {
			return // who sends or flushes next hears of it
		}
	}
}

func (p *pen) lane(k int) *lane { return p.lanes[k%len(p.lanes)] }

func (p *pen) flush() error {
	for _, l := range p.lanes {
		if err := l.flush(); err != nil {
			return err
		}
	}
	return nil
}

// register registers the whole population.
func (p *pen) register(struct{}) (any, error) {
	if p.dialect.register != nil {
		for k := range p.records.Instances {
			message, err := p.dialect.register(k)
			if err != nil {
				return nil, err
			}
			if err := p.lane(k).send(message); err != nil {
				return nil, err
			}
		}
	}
	for k := range p.prepared {
		if err := p.build(k); err != nil {
			return nil, err
		}
	}
	return nil, p.flush()
}

func (p *pen) build(k int) error {
	message, err := p.dialect.change(k)
	if err != nil {
		return err
	}
	at := bytes.Index(message, []byte(mark{instance: k}.String()))
	if at < 0 {
		return fmt.Errorf("the change of instance %d has no mark", k)
	}
	p.prepared[k] = prepared{message, at}
	return nil
}

// changes are the arguments of "change": so many a second from that time on, for
// so long, numbered from where the last ones ended.
type changes struct {
	Rate    float64 `json:"rate"`
	Seconds float64 `json:"seconds"`
	From    int     `json:"from"` // changes made before
	At      int64   `json:"at"`
}

// changed is the answer.
type changed struct {
	Total  int     `json:"total"` // changes made, those before included
	Millis float64 `json:"millis"`
	Late   float64 `json:"late"` // milliseconds by which the last was sent too late
}

func (p *pen) change(args changes) (any, error) {
	begin := time.Unix(0, args.At)
	count := int(args.Rate * args.Seconds)
	var late time.Duration
	for i := range count {
		due := begin.Add(time.Duration(float64(i) / args.Rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		late = time.Since(due)
		if err := p.say(args.From + i + 1); err != nil {
			return nil, err
		}
	}
	millis := float64(time.Since(begin)) / float64(time.Millisecond)
	return changed{args.From + count, millis, float64(late) / float64(time.Millisecond)}, p.flush()
}

func (p *pen) say(change int) error {
	k := (change - 1) % p.records.Instances
	ready := p.prepared[k]
	mark{k, change, time.Now().UnixNano()}.stamp(ready.message, ready.mark)
	return p.lane(k).send(ready.message)
}

// beat says in a closed loop, on its first connection, that it lives.
func (p *pen) beat(args running) (any, error) {
	begin := time.Now()
	until := begin.Add(time.Duration(args.Seconds * float64(time.Second)))
	var answer ran
	for time.Now().Before(until) {
		if err := p.lanes[0].send(p.dialect.beat); err != nil {
			return nil, err
		}
		if err := p.lanes[0].flush(); err != nil {
			return nil, err
		}
		answer.Answers++
	}
	answer.Seconds = time.Since(begin).Seconds()
	return answer, nil
}

// countAcks returns what counts the acknowledgements in what a node says.
func countAcks(format wire.Format) (func([]byte) (int, error), error) {
	t, err := newTongue(format)
	if err != nil {
		return nil, err
	}
	return func(payload []byte) (n int, err error) {
		err = t.each(payload, func(w word, message []byte) error {
			if w != wordAck {
				return fmt.Errorf("the node says %.200q", message)
			}
			n++
			return nil
		})
		return n, err
	}, nil
}
