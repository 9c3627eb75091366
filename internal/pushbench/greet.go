package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/google/uuid"

	"heureka/wire"
)

// patience is how long a server may take for one step.
const patience = time.Minute

// greet opens a channel to a node and exchanges hellos.
func greet(ctx context.Context, node, path string) (net.Conn, wire.Format, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, chosen, err := dialSocket(ctx, node, path, offers())
	if err != nil {
		return nil, 0, err
	}
	format := formatOf(chosen)
	hello, err := masked(format, &wire.Hello{Version: wire.ProtocolVersion, Process: uuid.NewString(), Connection: 1, Client: "pushbench"})
	if err == nil {
		_, err = conn.Write(hello)
	}
	if err == nil {
		err = welcomed(conn, format)
	}
	if err != nil {
		_ = conn.Close() // the error that counts is the first
		return nil, 0, fmt.Errorf("hello to %s: %w", node, err)
	}
	return conn, format, nil
}

// errWelcomed ends the reading of what comes before a stream.
var errWelcomed = errors.New("welcomed")

func welcomed(conn net.Conn, format wire.Format) error {
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	err := receive(conn, websocketFraming{writer(conn)}, func(payload []byte, _ int64) error {
		messages, err := decode(format, payload)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if refusal, ok := m.(*wire.Error); ok {
				return refusal
			}
		}
		return errWelcomed
	})
	if !errors.Is(err, errWelcomed) {
		return err
	}
	return conn.SetReadDeadline(time.Time{})
}

// formatAt returns the format that a node chooses on that path.
func formatAt(node, path string) (wire.Format, error) {
	conn, format, err := greet(context.Background(), node, path)
	if err != nil {
		return 0, err
	}
	return format, conn.Close()
}

// masked returns a message as a client's frame.
func masked(format wire.Format, m wire.Message) ([]byte, error) {
	payload, err := format.Append(nil, m)
	if err != nil {
		return nil, err
	}
	return sealMasked(opcode(format), payload), nil
}

// writer returns what writes answers to pings.
func writer(conn net.Conn) func([]byte) error {
	return func(answer []byte) error {
		_, err := conn.Write(answer)
		return err
	}
}
