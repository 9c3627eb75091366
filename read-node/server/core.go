package server

import (
	"log/slog"
	"time"

	"heureka/cluster"
	"heureka/eureka1"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/read-node/resume"
	"heureka/read-node/session"
	"heureka/wire"
)

// core is the state that the loop's goroutine owns.
type core struct {
	replica  *cluster.Replica
	hub      *fanout.Hub
	desk     *resume.Desk
	issuer   *resume.Issuer
	eureka1  *eureka1.Feed // nil: it isn't served
	merges   []merge       // who waits for what a write node has done
	sessions map[fanout.SessionID]*session.Session
	opening  map[fanout.SessionID]struct{} // those not told everything yet
	opened   func(fanout.SessionID)        // is told when one has been
	stale    bool
	writers  *writers
	atOnce   uint64 // frames that left when they were handed over
	// subscribing is the time that Subscribes have taken.
	subscribing time.Duration
	metrics     *metrics
	log         *slog.Logger
}

// command is a word of a session, or a question to the core.
type command struct {
	kind    commandKind
	session *session.Session
	ask     func(*core)
}

type commandKind uint8

const (
	commandOpen commandKind = iota
	commandWritten
	commandClose
	commandAsk
)

func (c *core) do(cmd command) {
	switch s := cmd.session; cmd.kind {
	case commandOpen:
		c.sessions[s.ID] = s
		c.hub.Open(s.ID, s.Format())
		c.opening[s.ID] = struct{}{}
	case commandWritten:
		c.hub.Written(s.ID)
		c.note(s.ID)
	case commandClose:
		delete(c.sessions, s.ID)
		c.desk.Forget(s.ID)
		delete(c.opening, s.ID)
		c.hub.Close(s.ID)
	case commandAsk:
		cmd.ask(c)
	}
}

// subscribe passes a Subscribe on to the hub, at once or when it has waited for
// this node to come as far as its token.
func (c *core) subscribe(arrival resume.Arrival, token string, now time.Duration) error {
	a, due := c.desk.Receive(now, c.replica, arrival, token)
	if !due {
		return nil
	}
	return c.hub.Subscribe(a.Session, a.Subscription)
}

// receive lets those subscribe who have waited.
func (c *core) receive(now time.Duration) {
	for _, a := range c.desk.Due(now, c.replica) {
		if err := c.hub.Subscribe(a.Session, a.Subscription); err != nil {
			// Also where those have gone meanwhile who had the same patterns: somebody
			// who waited so long may as well ask elsewhere.
			c.sessions[a.Session].Refuse(a.Seq, overloaded())
		}
	}
}

// tick does what is due.
func (c *core) tick(now model.Moment) {
	c.replica.Tick(now)
	c.eureka1.Tick()
	c.receive(now.Mono)
	if stale := c.replica.Stale(now.Mono); stale != c.stale {
		c.stale = stale
		c.hub.Heartbeat(stale)
		if stale && c.replica.Ready() {
			c.log.Warn("no write node is heard: what is served may be old")
		}
	}
}

// follow passes on what the replica wants done and what its view shows, and
// hands out the frames that are due. It reports whether more may be due at once.
func (c *core) follow(now model.Moment, send func(cluster.Outgoing) error) (again bool) {
	effects := c.replica.Drain()
	for _, m := range effects.Messages {
		if err := send(m); err != nil {
			c.log.Debug("message not sent", "err", err) // counted by the link, made good by the next
		}
	}
	c.eureka1.Follow(effects.Changes)
	for _, change := range effects.Changes {
		c.hub.Apply(change)
		if change.Kind == model.Put && c.replica.Ready() {
			said := time.Duration(now.Wall-change.Version.Time.Micros()) * time.Microsecond
			c.metrics.propagation.Observe(max(said, 0).Seconds())
		}
	}
	c.issuer.Moved()
	c.merged()
	return c.deliver(now.Mono)
}

// overloaded is the answer to interests for which the hub has no room.
func overloaded() *wire.Error {
	return wire.NewError(wire.CodeOverloaded, "the node has no room for another set of patterns")
}

// note looks whether a frame of a session that has left ended its opening.
func (c *core) note(id fanout.SessionID) {
	if len(c.opening) == 0 {
		return
	}
	if _, opening := c.opening[id]; opening && c.hub.Synced(id) {
		delete(c.opening, id)
		c.opened(id)
	}
}
