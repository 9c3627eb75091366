package main

import (
	"fmt"
	"net"
	"sync"
)

// window is how many messages of one writing connection may wait for their
// acknowledgement.
const window = 1024

// lane is one connection that writes. Several goroutines may send.
type lane struct {
	conn net.Conn
	acks bool // what is sent is acknowledged

	mu          sync.Mutex
	moved       sync.Cond // sent, acked or err has changed
	sent, acked int
	err         error // why the connection has ended
}

// newLane starts to receive what a server answers; count tells how many
// acknowledgements a payload has, and is nil where there are none.
func newLane(conn net.Conn, framing framing, count func(payload []byte) (int, error)) *lane {
	l := &lane{conn: conn, acks: count != nil}
	l.moved.L = &l.mu
	go func() {
		err := receive(conn, framing, func(payload []byte, _ int64) error {
			if count == nil {
				return nil
			}
			n, err := count(payload)
			l.mu.Lock()
			defer l.mu.Unlock()
			l.acked += n
			l.moved.Broadcast()
			return err
		})
		l.mu.Lock()
		defer l.mu.Unlock()
		l.err = fmt.Errorf("a writer's connection ended: %w", err)
		l.moved.Broadcast()
	}()
	return l
}

// send writes one message, when the window has room for it.
func (l *lane) send(message []byte) error {
	l.mu.Lock()
	for l.acks && l.err == nil && l.sent-l.acked >= window {
		l.moved.Wait()
	}
	l.sent++
	err := l.err
	l.mu.Unlock()
	if err != nil {
		return err
	}
	_, err = l.conn.Write(message)
	return err
}

// flush waits until all that was sent is acknowledged.
func (l *lane) flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.acks && l.err == nil && l.acked < l.sent {
		l.moved.Wait()
	}
	return l.err
}
