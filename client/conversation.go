package client

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"heureka/client/line"
	"heureka/wire"
)

// machine is the state machine of a channel behind its lock, as the conversation
// sees it. Times are counted from the beginning of the Client.
type machine interface {
	// wanted reports whether there is anything to connect for.
	wanted() bool
	connect(now time.Duration, format wire.Format)
	receive(now time.Duration, messages []wire.Message)
	tick(now time.Duration)
	due() (time.Duration, bool)
	// lost tells why there is no connection any more, or why none could be made.
	lost(err error)
	// take returns what is to be done: frames to write, and whether to give the
	// connection up after that.
	take() (frames [][]byte, departure *line.Departure)
}

// conversation keeps a machine connected to one of several nodes. Its goroutine
// is the only one that reads, writes and waits:
//
//	run: pause ─▶ dial ─▶ hold ──────────────────────────────┐
//	       ▲               machine.take ─▶ write frames      │
//	       │               wait for: frame, poke, timer, ctx │
//	       └────────────── departure, read or write error ◀──┘
type conversation struct {
	machine machine
	dialer  dialer
	route   *line.Route
	now     func() time.Duration
	poke    chan struct{} // holds one: the machine has something new to say
	log     *slog.Logger
}

// poked tells the conversation to look at its machine. It never blocks.
func (c *conversation) poked() {
	select {
	case c.poke <- struct{}{}:
	default:
	}
}

// run goes on until ctx ends.
func (c *conversation) run(ctx context.Context) {
	for ctx.Err() == nil {
		if !c.machine.wanted() {
			select {
			case <-c.poke:
			case <-ctx.Done():
			}
			continue
		}
		node, pause := c.route.Next(rand.Float64())
		if !wait(ctx, pause) {
			return
		}
		connection, err := c.dialer.dial(ctx, node)
		if err != nil {
			c.missed(err)
			c.lost(ctx, node, err)
			continue
		}
		begun := c.now()
		c.log.Info("connected", "node", hidden(node))
		departure := c.hold(ctx, connection)
		c.route.Ended(c.now()-begun, departure.Here, !errors.Is(departure.Err, line.ErrGoAway))
		c.lost(ctx, node, departure.Err)
	}
}

// missed tells the route why there was no connection.
func (c *conversation) missed(err error) {
	var no *refusal
	if errors.As(err, &no) {
		c.route.Refused(no.after)
	} else {
		c.route.Failed()
	}
}

func (c *conversation) lost(ctx context.Context, node string, err error) {
	c.machine.lost(err)
	if ctx.Err() == nil {
		c.log.Warn("no connection", "node", hidden(node), "error", err, "failures", c.route.Failures())
	}
}

// wait returns after the pause, false if ctx ended before.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// hold converses over one connection until it is lost or given up, and returns
// why. Nothing that it started runs on.
func (c *conversation) hold(ctx context.Context, connection *connection) *line.Departure {
	reading, abandon := context.WithCancel(context.WithoutCancel(ctx)) // ctx ends with a goodbye
	frames := make(chan []wire.Message)
	broken := make(chan error, 1)
	var reader sync.WaitGroup
	reader.Go(func() { broken <- readAll(reading, connection, frames) })
	defer reader.Wait()
	defer connection.drop()
	defer abandon()

	timer := time.NewTimer(0)
	defer timer.Stop()
	c.machine.connect(c.now(), connection.format)
	for {
		say, departure := c.machine.take()
		if err := connection.write(ctx, say); err != nil {
			return &line.Departure{Err: err}
		}
		if departure != nil {
			if !errors.Is(departure.Err, line.ErrSilent) && !errors.Is(departure.Err, line.ErrNoWelcome) {
				connection.goodbye(abandon)
			}
			return departure
		}
		if due, ok := c.machine.due(); ok {
			timer.Reset(due - c.now())
		}
		select {
		case messages := <-frames:
			c.machine.receive(c.now(), messages)
		case <-timer.C:
			c.machine.tick(c.now())
		case <-c.poke:
		case err := <-broken:
			return c.closed(err)
		case <-ctx.Done():
			connection.goodbye(abandon)
			return &line.Departure{Err: ctx.Err()}
		}
	}
}

// closed says what the end of the stream means. Where the node's close code says
// more than an error line did, the machine hears of it.
func (c *conversation) closed(err error) *line.Departure {
	var e *wire.Error
	if errors.As(err, &e) {
		c.machine.receive(c.now(), []wire.Message{e})
		if _, departure := c.machine.take(); departure != nil {
			return departure
		}
	}
	return &line.Departure{Err: err}
}

// readAll hands the messages of each frame over until the connection breaks. At
// most one frame waits to be taken, so a client that is busy slows the node down
// and not the other way round.
func readAll(ctx context.Context, connection *connection, frames chan<- []wire.Message) error {
	for {
		messages, err := connection.read(ctx)
		if err != nil {
			return err
		}
		select {
		case frames <- messages:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
