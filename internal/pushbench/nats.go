package main

import (
	"errors"
	"io"
	"os"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"heureka/internal/bench"
)

// maxStream is how much memory the peer's key-value store may take, in bytes.
const maxStream = 4 << 30

// serveNATS is the role "nats": a NATS server with its defaults, whose JetStream
// keeps everything in memory.
func serveNATS(in io.Reader, out io.Writer) error {
	folder, err := os.MkdirTemp("", "pushbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	server, err := natsserver.NewServer(&natsserver.Options{
		Host: "127.0.0.1", Port: natsserver.RANDOM_PORT, NoSigs: true, NoLog: true,
		JetStream: true, JetStreamMaxMemory: maxStream, StoreDir: folder,
	})
	if err != nil {
		return err
	}
	server.Start()
	defer server.WaitForShutdown()
	defer server.Shutdown()
	if !server.ReadyForConnections(10 * time.Second) {
		return errors.New("the NATS server doesn't listen")
	}
	return bench.Obey(in, out, bench.Started{Address: server.Addr().String()}, map[string]bench.Command{})
}
