package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"

	"heureka/wire"
)

// nodeLog is a handler that tells people of the nodes that a client of package
// client can't reach: each once, and again when the reason changes or after a
// connection that lasted. The client itself reports every attempt.
type nodeLog struct {
	next slog.Handler // for everything else
	// channel is that of the client, empty before it is known: such records
	// aren't about connections.
	channel string
	told    *told
}

// told is what was said of each node.
type told struct {
	out io.Writer
	who string // begins each line, where several speak; may be empty

	mu    sync.Mutex
	nodes map[string]trouble // by URL; as many as the command names
}

// trouble is what was said of a node.
type trouble struct {
	reason string
	over   bool // that it was connected again was said, too
}

// The attributes of the client's records, and the message of a success.
const (
	attrChannel  = "channel"
	attrNode     = "node"
	attrError    = "error"
	attrFailures = "failures" // in a row, of all nodes together
	msgConnected = "connected"
)

// clientLog returns the log for a client. Who begins each line that is for people,
// if not empty.
func (c console) clientLog(who string) *slog.Logger {
	if who != "" {
		who += ": "
	}
	return slog.New(&nodeLog{next: c.log().Handler(), told: &told{out: c.err, who: who, nodes: make(map[string]trouble)}})
}

// Enabled lets the client's successes through, which end a failure.
func (h *nodeLog) Enabled(ctx context.Context, level slog.Level) bool {
	return h.channel != "" && level >= slog.LevelInfo || h.next.Enabled(ctx, level)
}

func (h *nodeLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	out := *h
	out.next = h.next.WithAttrs(attrs)
	for _, a := range attrs {
		if a.Key == attrChannel {
			out.channel = a.Value.String()
		}
	}
	return &out
}

func (h *nodeLog) WithGroup(name string) slog.Handler {
	out := *h
	out.next = h.next.WithGroup(name)
	return &out
}

func (h *nodeLog) Handle(ctx context.Context, record slog.Record) error {
	var node string
	var failure error
	first := true
	record.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case attrNode:
			node = a.Value.String()
		case attrError:
			failure, _ = a.Value.Any().(error)
		case attrFailures:
			n, ok := a.Value.Any().(int64)
			first = !ok || n <= 1
		}
		return true
	})
	switch {
	case h.channel != "" && node != "" && failure != nil:
		return h.told.failed(node, reasonOf(failure, h.channel), first)
	case h.channel != "" && node != "" && record.Message == msgConnected:
		return h.told.connected(node)
	case !h.next.Enabled(ctx, record.Level):
		return nil
	default:
		return h.next.Handle(ctx, record)
	}
}

// failed tells of a failure, the first in a row or a further one: those repeat.
func (t *told) failed(node, reason string, first bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.nodes[node]
	if before.reason == reason && !(first && before.over) {
		return nil
	}
	t.nodes[node] = trouble{reason: reason}
	_, err := fmt.Fprintf(t.out, "%s%s: %s; trying on\n", t.who, hostOf(node), reason)
	return err
}

// connected says so once, of a node that was said to fail.
func (t *told) connected(node string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.nodes[node]
	if before.reason == "" || before.over {
		return nil
	}
	t.nodes[node] = trouble{before.reason, true}
	_, err := fmt.Fprintf(t.out, "%s%s: connected\n", t.who, hostOf(node))
	return err
}

// hostOf returns host and port of a channel's URL.
func hostOf(node string) string {
	u, err := url.Parse(node)
	if err != nil || u.Host == "" {
		return node
	}
	return u.Host
}

// channelRegistrations is the channel of a client to write nodes; all others are
// to read nodes.
const channelRegistrations = "registrations"

// wrongNode says what it means when a handshake finds nothing.
func wrongNode(channel string) string {
	if channel == channelRegistrations {
		return "this is no write node (see --write)"
	}
	return "this is no read node (see --read)"
}

// reasonOf says shortly why there is no connection on a channel.
func reasonOf(err error, channel string) string {
	var (
		errno   syscall.Errno
		unknown *net.DNSError
		refused *wire.Error
	)
	text := err.Error()
	_, status, handshake := strings.Cut(text, "handshake response status code 101 but got ")
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &errno):
		return errno.Error()
	case errors.As(err, &unknown):
		return "no host is called " + unknown.Name
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, io.EOF):
		return "it closed the connection"
	case handshake && status == "404":
		return wrongNode(channel)
	case handshake && status == "503":
		return "it takes no clients now (503)"
	case handshake:
		return "it answers " + status
	default:
		return text
	}
}
