package main

import (
	"io"
	"log"
	"net"
	"net/http"

	"github.com/coder/websocket"

	"heureka/internal/bench"
)

// serveSockets is the role "sockets": what an idle connection costs at least, one
// goroutine that waits in a read.
func serveSockets(in io.Reader, out io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go wait(conn)
		}
	}()
	return bench.Obey(in, out, bench.Started{Address: l.Addr().String()}, map[string]bench.Command{})
}

// wait reads until the peer has gone.
func wait(conn net.Conn) {
	defer conn.Close()
	var some [64]byte
	for {
		if _, err := conn.Read(some[:]); err != nil {
			return
		}
	}
}

// serveWebsockets is the role "websockets": what an idle connection costs with the
// websocket library used as its documentation does, in an http.Handler that reads.
func serveWebsockets(in io.Reader, out io.Writer) error {
	return serveHandler(in, out, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // it has been answered
		}
		defer func() { _ = conn.CloseNow() }() // the peer has gone
		for {
			if _, _, err := conn.Read(r.Context()); err != nil {
				return
			}
		}
	}))
}

// serveWeb is the role "web": the least that a request can cost with net/http.
func serveWeb(in io.Reader, out io.Writer) error {
	return serveHandler(in, out, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
}

func serveHandler(in io.Reader, out io.Writer, handler http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler}
	defer server.Close()
	go func() {
		if err := server.Serve(l); err != http.ErrServerClosed {
			log.Print(err)
		}
	}()
	return bench.Obey(in, out, bench.Started{Address: l.Addr().String()}, map[string]bench.Command{})
}
