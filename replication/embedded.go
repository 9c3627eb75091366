package replication

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"time"

	"heureka/model"

	natsserver "github.com/nats-io/nats-server/v2/server"
)

// startTimeout is how long an embedded server may take to listen.
const startTimeout = 10 * time.Second

// startServer runs a nats-server in this process and waits until it listens.
func startServer(ctx context.Context, config Config, self model.Incarnation, log *slog.Logger) (*natsserver.Server, error) {
	options := &natsserver.Options{
		ServerName:   self.Name + "-" + self.ID.String(),
		NoSigs:       true,
		PingInterval: config.Ping,
		MaxPingsOut:  2,
		// A peer that is away for long is told of now and then, not each second.
		ReconnectErrorReports: 60,
		Cluster: natsserver.ClusterOpts{
			Name:         config.Cluster,
			PingInterval: config.Ping,
			MaxPingsOut:  2,
		},
	}
	var err error
	if options.Host, options.Port, err = hostPort(config.Listen); err != nil {
		return nil, fmt.Errorf("nats-listen: %w", err)
	}
	if options.Cluster.Host, options.Cluster.Port, err = hostPort(config.Routes); err != nil {
		return nil, fmt.Errorf("routes-listen: %w", err)
	}
	for _, peer := range config.Peers {
		if peer != config.Routes {
			options.Routes = append(options.Routes, &url.URL{Scheme: "nats-route", Host: peer})
		}
	}
	server, err := natsserver.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("embedded nats-server: %w", err)
	}
	errored := &serverLog{log: log.With("component", "nats-server"), fatal: make(chan string, 1)}
	server.SetLoggerV2(errored, false, false, false)
	server.Start()
	deadline := time.Now().Add(startTimeout)
	for !server.ReadyForConnections(50 * time.Millisecond) {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case reason := <-errored.fatal:
			err = errors.New(reason)
		default:
			if time.Now().After(deadline) {
				err = fmt.Errorf("doesn't listen on %s and %s after %s", config.Listen, config.Routes, startTimeout)
			}
		}
		if err != nil {
			server.Shutdown()
			server.WaitForShutdown()
			return nil, fmt.Errorf("embedded nats-server: %w", err)
		}
	}
	return server, nil
}

// hostPort splits an address, with nats-server's -1 for any port.
func hostPort(address string) (string, int, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("port of %q: %w", address, err)
	}
	if port == 0 {
		return host, natsserver.RANDOM_PORT, nil
	}
	return host, int(port), nil
}

// serverLog passes nats-server's log on. Its warnings are of peers that aren't
// there, which a node tells of by itself. What it calls fatal, such as a port in
// use, ends the start instead of the process.
type serverLog struct {
	log   *slog.Logger
	fatal chan string
}

func (l *serverLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Warnf(format string, v ...any)   { l.log.Info(fmt.Sprintf(format, v...)) }
func (l *serverLog) Errorf(format string, v ...any)  { l.log.Info(fmt.Sprintf(format, v...)) }
func (l *serverLog) Debugf(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Tracef(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Fatalf(format string, v ...any) {
	reason := fmt.Sprintf(format, v...)
	l.log.Error(reason)
	select {
	case l.fatal <- reason:
	default:
	}
}
