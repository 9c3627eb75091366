package main

import (
	"errors"
	"net"
	"time"
)

// framing finds messages in what a connection received.
type framing interface {
	// next returns the payload of the first message in data, nil if it has none,
	// and how many bytes the message took; 0 if it isn't whole yet.
	next(data []byte) (payload []byte, took int, err error)
}

// The bounds of a connection's buffer: it begins small, as there are many, and
// grows while reads fill it, or for a message that is larger.
const (
	smallBuffer = 2 << 10
	largeBuffer = 64 << 10
)

// receive hands over the messages of a connection as they come, each with the
// time at which its last byte had been read, until the connection or a message
// fails.
func receive(conn net.Conn, framing framing, take func(payload []byte, now int64) error) error {
	buffer, filled := make([]byte, smallBuffer), 0
	for {
		n, err := conn.Read(buffer[filled:])
		if err != nil {
			return err
		}
		now := time.Now().UnixNano()
		filled += n
		full := filled == len(buffer)
		used, err := takeAll(buffer[:filled], framing, now, take)
		if err != nil {
			return err
		}
		filled = copy(buffer, buffer[used:filled])
		if full && (filled == len(buffer) || len(buffer) < largeBuffer) {
			if len(buffer) > 2*maxFrame {
				return errors.New("a message without an end")
			}
			buffer = append(buffer, make([]byte, len(buffer))...)
		}
	}
}

func takeAll(data []byte, framing framing, now int64, take func(payload []byte, now int64) error) (used int, err error) {
	for {
		payload, took, err := framing.next(data[used:])
		if err != nil || took == 0 {
			return used, err
		}
		if len(payload) > 0 {
			if err := take(payload, now); err != nil {
				return used, err
			}
		}
		used += took
	}
}
