package main

import (
	"encoding/json"
	"io"
	"net"
	"slices"
	"sync"

	"heureka/internal/bench"
)

// bare is the baseline of pushing: it accepts sockets, and writes each frame that
// is handed in to all of them, with one write each.
type bare struct {
	mu      sync.Mutex
	sockets []net.Conn
}

// serveBare is the role "bare".
func serveBare(in io.Reader, out io.Writer) error {
	subscribers, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer subscribers.Close()
	publishers, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer publishers.Close()
	b := &bare{}
	go b.accept(subscribers, func(conn net.Conn) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.sockets = append(b.sockets, conn)
	})
	go b.accept(publishers, func(conn net.Conn) { go b.publish(conn) })
	where := bench.Started{Address: subscribers.Addr().String(), Publish: publishers.Addr().String()}
	return bench.Obey(in, out, where, map[string]bench.Command{
		"sockets": func(json.RawMessage) (any, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			return len(b.sockets), nil
		},
	})
}

// accept takes connections until the listener is closed, with the process.
func (b *bare) accept(l net.Listener, take func(net.Conn)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		take(conn)
	}
}

// publish writes what one publisher hands in.
func (b *bare) publish(from net.Conn) {
	defer from.Close()
	framing := websocketFraming{}
	buffer, filled := make([]byte, largeBuffer), 0
	for {
		n, err := from.Read(buffer[filled:])
		if err != nil {
			return // it has gone
		}
		filled += n
		used := 0
		for {
			_, took, err := framing.next(buffer[used:filled])
			if err != nil {
				return
			}
			if took == 0 {
				break
			}
			b.write(buffer[used : used+took])
			used += took
		}
		filled = copy(buffer, buffer[used:filled])
	}
}

func (b *bare) write(frame []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sockets = slices.DeleteFunc(b.sockets, func(socket net.Conn) bool {
		_, err := socket.Write(frame)
		return err != nil // it has gone
	})
}
