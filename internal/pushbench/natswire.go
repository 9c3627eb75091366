package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// dialNATS makes a connection to a NATS server by hand, as cheap as the websocket
// of dialSocket: with the library's client the peer would look slower than it is.
// It subscribes to the subject, if there is one, and returns when the server knows.
func dialNATS(ctx context.Context, server, subject string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", server)
	if err != nil {
		return nil, fmt.Errorf("dial nats: %w", err)
	}
	if err := greetNATS(conn, subject); err != nil {
		_ = conn.Close() // the error that counts is the first
		return nil, fmt.Errorf("dial nats: %w", err)
	}
	return conn, nil
}

func greetNATS(conn net.Conn, subject string) error {
	hello := "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"go\",\"version\":\"1\",\"protocol\":1}\r\n"
	if subject != "" {
		hello += "SUB " + subject + " 1\r\n"
	}
	if _, err := conn.Write([]byte(hello + "PING\r\n")); err != nil {
		return err
	}
	reader := bufio.NewReader(conn)
	known := false
	for {
		line, err := reader.ReadString('\n')
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(line, "-ERR"):
			return fmt.Errorf("nats: %.200s", line)
		case strings.HasPrefix(line, "PING"):
			if _, err := conn.Write([]byte("PONG\r\n")); err != nil {
				return err
			}
		case strings.HasPrefix(line, "PONG"):
			known = true
		}
		if known && reader.Buffered() == 0 { // nothing is left behind in the reader
			return nil
		}
	}
}

// publication returns the bytes that publish a message, with a reply subject or
// without.
func publication(subject, reply string, record []byte) []byte {
	if reply != "" {
		subject += " " + reply
	}
	message := fmt.Appendf(nil, "PUB %s %d\r\n", subject, len(record))
	return append(append(message, record...), "\r\n"...)
}

// natsFraming finds a NATS server's messages in what a connection received.
type natsFraming struct {
	answer func([]byte) error // of pings
}

func (f natsFraming) next(data []byte) (payload []byte, took int, err error) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		return nil, 0, nil
	}
	line := bytes.TrimSpace(data[:end])
	took = end + 1
	switch {
	case bytes.HasPrefix(line, []byte("MSG ")):
		size, err := strconv.Atoi(string(line[bytes.LastIndexByte(line, ' ')+1:]))
		if err != nil || size > maxFrame {
			return nil, 0, fmt.Errorf("nats: %.200q", line)
		}
		if len(data) < took+size+2 {
			return nil, 0, nil
		}
		return data[took : took+size], took + size + 2, nil
	case bytes.Equal(line, []byte("PING")):
		return nil, took, f.answer([]byte("PONG\r\n"))
	case bytes.HasPrefix(line, []byte("-ERR")):
		return nil, took, fmt.Errorf("nats: %.200s", line)
	}
	return nil, took, nil // PONG, INFO, +OK
}
