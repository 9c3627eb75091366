package replication

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/wire"

	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Link is one node's connection to the others. Its methods may be called from
// any goroutine.
type Link struct {
	config Config
	self   model.Incarnation
	log    *slog.Logger

	server   *natsserver.Server // nil unless embedded
	conn     *nats.Conn
	incoming chan cluster.Message

	stop     context.CancelFunc
	stopped  <-chan struct{}
	waiting  sync.WaitGroup
	encoders sync.Pool // of *wire.Encoder

	beacons, deltas string // the subjects of this node's

	opened      time.Time
	lastBeacon  atomic.Int64 // when the last beacon came in: nanoseconds since opened; 0: none has
	unanswering atomic.Bool  // it was told that NATS doesn't answer
	stats       counters
}

// Stats counts what went over a link since it was opened.
type Stats struct {
	Sent, SentBytes, SendErrors          uint64
	Received, ReceivedBytes, Undecodable uint64
	Dropped                              uint64 // times that NATS dropped messages this node was too slow for
	Reconnects                           uint64
	Waiting                              int // messages waiting for the node's loop
	Connected                            bool
}

type counters struct {
	sent, sentBytes, sendErrors          atomic.Uint64
	received, receivedBytes, undecodable atomic.Uint64
	dropped, reconnects                  atomic.Uint64
}

// Open connects a node, with an embedded server of its own or to the servers of
// config.URLs. Those need not be there yet: the link goes on trying.
func Open(ctx context.Context, config Config, self model.Incarnation, log *slog.Logger) (*Link, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	inner, cancel := context.WithCancel(context.Background())
	l := &Link{
		config: config, self: self, log: log,
		incoming: make(chan cluster.Message, config.Incoming),
		stop:     cancel, stopped: inner.Done(), opened: time.Now(),
	}
	l.encoders.New = func() any { return new(wire.Encoder) }
	l.beacons, l.deltas = l.subject("all.beacon."+self.ID.String()), l.subject("all.delta."+self.ID.String())
	options := l.options()
	servers := strings.Join(config.URLs, ",")
	if config.Embedded() {
		server, err := startServer(ctx, config, self, log)
		if err != nil {
			cancel()
			return nil, err
		}
		l.server = server
		options = append(options, nats.InProcessServer(server))
	} else if config.Credentials != "" {
		options = append(options, nats.UserCredentials(config.Credentials))
	}
	var err error
	if l.conn, err = nats.Connect(servers, options...); err != nil {
		l.Close()
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	for _, subject := range []string{l.subject("all.>"), l.subject("to." + self.ID.String())} {
		sub, err := l.conn.Subscribe(subject, l.receive)
		if err == nil {
			err = sub.SetPendingLimits(-1, config.PendingBytes)
		}
		if err != nil {
			l.Close()
			return nil, fmt.Errorf("subscribe to %s: %w", subject, err)
		}
	}
	if !config.Embedded() {
		l.waiting.Go(l.watchSilence)
	}
	return l, nil
}

func (l *Link) options() []nats.Option {
	return []nats.Option{
		nats.Name("heureka " + l.self.Name),
		nats.NoEcho(),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ReconnectJitter(250*time.Millisecond, 250*time.Millisecond),
		nats.ReconnectBufSize(-1),
		nats.PingInterval(l.config.Ping),
		nats.MaxPingsOutstanding(2),
		nats.Timeout(2 * time.Second),
		nats.FlusherTimeout(l.config.Ping),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				l.log.Warn("NATS connection lost", "err", err)
			}
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { l.unanswered(err) }),
		nats.ConnectHandler(func(c *nats.Conn) {
			l.unanswering.Store(false)
			if !l.config.Embedded() {
				l.log.Info("NATS answers", "server", c.ConnectedAddr())
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) {
			l.stats.reconnects.Add(1)
			l.unanswering.Store(false)
			l.log.Info("NATS connection is back", "server", c.ConnectedAddr())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrSlowConsumer) {
				l.stats.dropped.Add(1)
			}
			l.log.Warn("NATS error", "err", err)
		}),
	}
}

// unanswered tells once, until there is a connection again, that there is none.
// Every attempt but the one that begins says at which address it failed.
func (l *Link) unanswered(err error) {
	if errors.Is(err, nats.ErrNoServers) || !l.unanswering.CompareAndSwap(false, true) {
		return
	}
	l.log.Warn("NATS doesn't answer, trying on", "servers", l.servers(), "err", err)
}

// servers returns where NATS is, without secrets.
func (l *Link) servers() string {
	servers := make([]string, 0, len(l.config.URLs))
	for _, server := range l.config.URLs {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil {
			continue // refused when the link was opened
		}
		servers = append(servers, u.Host)
	}
	return strings.Join(servers, ",")
}

func (l *Link) subject(rest string) string { return "heureka." + l.config.Cluster + "." + rest }

// Incoming returns the messages of the other nodes. A node that takes them too
// slowly makes NATS drop, which its replica notices and repairs. The channel is
// never closed.
func (l *Link) Incoming() <-chan cluster.Message { return l.incoming }

// receive runs on the subscription's goroutine.
func (l *Link) receive(m *nats.Msg) {
	l.stats.received.Add(1)
	l.stats.receivedBytes.Add(uint64(len(m.Data)))
	message, err := wire.DecodePacket(m.Data)
	if err != nil {
		l.stats.undecodable.Add(1)
		l.log.Warn("message of another node ignored", "subject", m.Subject, "err", err)
		return
	}
	if _, ok := message.(*cluster.Beacon); ok {
		l.lastBeacon.Store(int64(time.Since(l.opened)))
	}
	select {
	case l.incoming <- message:
	case <-l.stopped:
	}
}

// Send publishes a message. An error means that it went nowhere; the replicas'
// pulls make up for it.
func (l *Link) Send(o cluster.Outgoing) error {
	encoder := l.encoders.Get().(*wire.Encoder)
	defer l.encoders.Put(encoder)
	packet, err := encoder.Packet(o.Message)
	if err == nil {
		err = l.conn.Publish(l.address(o), packet) // which copies it
	}
	if err != nil {
		l.stats.sendErrors.Add(1)
		return fmt.Errorf("send %T: %w", o.Message, err)
	}
	l.stats.sent.Add(1)
	l.stats.sentBytes.Add(uint64(len(packet)))
	return nil
}

func (l *Link) address(o cluster.Outgoing) string {
	switch o.Message.(type) {
	case *cluster.Beacon:
		return l.beacons
	case *cluster.Delta:
		return l.deltas
	default:
		return l.subject("to." + o.To.ID.String())
	}
}

// watchSilence leaves a server through which no beacons come: it may be cut off
// from the others while its connection to us is well.
func (l *Link) watchSilence() {
	ticker := time.NewTicker(l.config.Silence / 3)
	defer ticker.Stop()
	quiet := newSilence(l.config.Silence, time.Since(l.opened))
	for {
		select {
		case <-l.stopped:
			return
		case <-ticker.C:
			now := time.Since(l.opened)
			if !quiet.lasts(now, time.Duration(l.lastBeacon.Load())) || !l.conn.IsConnected() || len(l.conn.Servers()) < 2 {
				continue
			}
			l.log.Warn("no beacon comes through this NATS server, trying another", "server", l.conn.ConnectedAddr())
			quiet.leaves(now)
			if err := l.conn.ForceReconnect(); err != nil {
				l.log.Warn("can't leave the NATS server", "err", err)
			}
		}
	}
}

// Stats returns the counters.
func (l *Link) Stats() Stats {
	return Stats{
		Sent: l.stats.sent.Load(), SentBytes: l.stats.sentBytes.Load(), SendErrors: l.stats.sendErrors.Load(),
		Received: l.stats.received.Load(), ReceivedBytes: l.stats.receivedBytes.Load(), Undecodable: l.stats.undecodable.Load(),
		Dropped: l.stats.dropped.Load(), Reconnects: l.stats.reconnects.Load(),
		Waiting: len(l.incoming), Connected: l.conn.IsConnected(),
	}
}

// NATSAddress returns where the embedded server listens for clients, and
// RoutesAddress where it listens for its peers; empty if there is none.
func (l *Link) NATSAddress() string {
	if l.server == nil {
		return ""
	}
	return l.server.Addr().String()
}

// RoutesAddress: see NATSAddress.
func (l *Link) RoutesAddress() string {
	if l.server == nil {
		return ""
	}
	return l.server.ClusterAddr().String()
}

// Flush waits until what was sent has reached the server, or the context ends.
func (l *Link) Flush(ctx context.Context) error { return l.conn.FlushWithContext(ctx) }

// Close ends the connection and the embedded server and returns when their
// goroutines have. Closing twice does nothing.
func (l *Link) Close() {
	l.stop()
	if l.conn != nil {
		closed := l.conn.StatusChanged(nats.CLOSED)
		if !l.conn.IsClosed() {
			l.conn.Close()
			select {
			case <-closed:
			case <-time.After(startTimeout):
				l.log.Warn("the NATS connection doesn't close")
			}
		}
	}
	if l.server != nil {
		l.server.Shutdown()
		l.server.WaitForShutdown()
	}
	l.waiting.Wait()
}
