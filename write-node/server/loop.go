package server

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/model"
	"heureka/write-node/api"
	"heureka/write-node/owner"
)

const (
	tickEvery = 50 * time.Millisecond
	batch     = 512 // inputs that are taken before their effects are published
)

// errStopped is the answer to commands that come too late.
var errStopped = errors.New("the node has stopped")

// network is what the loop needs of replication.Link.
type network interface {
	Incoming() <-chan cluster.Message
	Send(cluster.Outgoing) error
}

// loop is the goroutine that owns the registrations, and the way to it.
type loop struct {
	owner     *owner.Owner
	turn      sync.Mutex // for the owner: run's, but while it waits
	commands  chan api.Command
	keeper    *keeper       // nil: nothing is kept on disk
	stop      chan struct{} // closed to end the loop
	eureka1   *eureka1.Feed // nil: it isn't served
	flush     bool          // what isn't stored yet is to be, at the end; set before stop is closed, as is
	by        time.Time     // when at the latest the disk isn't waited for any more
	stopped   chan struct{} // closed when it has ended
	start     time.Time
	published func(model.Moment) // called after each tick
	log       *slog.Logger

	pending []api.Command // applied, and what came of it isn't published yet
	gathering
}

// Do queues a command, and waits for room. One that only looks is applied at once where
// the loop is waiting: to wake it, and then whoever asked, costs more than all else about
// a renewal.
func (l *loop) Do(ctx context.Context, c api.Command) error {
	if c.Looks && l.turn.TryLock() {
		l.look(c)
		return nil
	}
	select { // of one channel: that costs a fraction of a choice
	case l.commands <- c:
		return nil
	default:
	}
	select {
	case l.commands <- c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-l.stopped:
		return errStopped
	}
}

// look applies a command that only looks, for who has the turn. Should it panic, that
// costs its own request.
func (l *loop) look(c api.Command) {
	defer l.turn.Unlock()
	c.Apply(l.owner, l.now())
	c.Done()
}

func (l *loop) now() model.Moment {
	now := time.Now()
	return model.Moment{Mono: now.Sub(l.start), Wall: now.UnixMicro()}
}

// run owns the registrations until stop is closed. Those who send commands have
// ended by then.
func (l *loop) run(net network) {
	defer close(l.stopped)
	defer func() { l.keeper.finish(l.owner.Replica().Map(), l.flush, l.by, l.now) }()
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	l.turn.Lock() // and at the end it stays so
	for {
		looked := false
		l.turn.Unlock()
		select {
		case <-l.stop:
			l.turn.Lock()
			l.settle(net)
			return
		case <-ticker.C:
			l.turn.Lock()
			now := l.now()
			l.owner.Replica().Tick(now)
			l.owner.Tick(now)
			l.eureka1.Tick()
			l.settle(net)
			l.published(now)
			continue
		case m := <-net.Incoming():
			l.turn.Lock()
			l.receive(m)
		case c := <-l.commands:
			l.turn.Lock()
			l.apply(c)
			looked = c.Looks
		case r := <-l.keeper.written():
			l.turn.Lock()
			l.written(r)
		case <-l.due:
			l.turn.Lock()
			l.ring()
		}
		// A sender that wakes this goroutine lets it run at once, before the others who
		// have something to say: each would be settled and stored by itself. They go
		// first, so that all is taken together. Who only looked waits for nothing, and
		// going last would wake another processor for each.
		if !looked {
			runtime.Gosched()
		}
		l.takeMore(net)
		if !l.gathers() {
			l.settle(net)
		}
	}
}

// written takes in what became of a batch. Who is acknowledged may have more to say,
// and the disk nothing to do; but what waits for a crowd isn't settled, and no batch is
// cut before it is.
func (l *loop) written(r result) {
	now := l.now()
	l.keeper.ended(r, now.Mono)
	if l.fresh {
		l.keeper.letGo(now.Mono)
	} else {
		l.keeper.release(l.owner.Replica().Map(), now)
	}
}

// gathers reports whether what was taken waits for more.
func (l *loop) gathers() bool {
	n := len(l.pending)
	if !l.fresh || l.over || n >= batch || !l.expects(n) && !l.keeper.busy(l.now().Mono, gatherFor) {
		return false
	}
	l.begin()
	return true
}

// takeMore takes what else has come, up to a batch, without waiting.
func (l *loop) takeMore(net network) {
	incoming := net.Incoming()
	for range batch {
		select { // of one channel: that costs a fraction of a choice
		case c := <-l.commands:
			l.apply(c)
			continue
		default:
		}
		select {
		case m := <-incoming:
			l.receive(m)
		default:
			return
		}
	}
}

func (l *loop) receive(m cluster.Message) {
	l.owner.Receive(l.now(), m)
	l.fresh = true
}

func (l *loop) apply(c api.Command) {
	c.Apply(l.owner, l.now())
	if c.Looks {
		c.Done()
		return
	}
	l.pending, l.fresh = append(l.pending, c), true
}

// settle publishes what came of the inputs, has it stored, and acknowledges them.
func (l *loop) settle(net network) {
	l.end(len(l.pending))
	now := l.now()
	effects := l.owner.Settle(now)
	for _, m := range effects.Messages {
		if err := net.Send(m); err != nil {
			l.log.Debug("message not sent", "err", err) // counted by the link, made good by a pull
		}
	}
	l.keeper.follow(effects)
	if l.eureka1.Follow(effects.Changes); !l.eureka1.Follows() {
		l.owner.Replica().View().Watch(false) // until a request wakes the feed
	}
	for _, c := range l.pending {
		l.keeper.acknowledge(c.Done)
	}
	clear(l.pending)
	l.pending = l.pending[:0]
	l.keeper.release(l.owner.Replica().Map(), l.now())
}
