package main

import (
	"context"
	"os"
	"time"

	"heureka/internal/bench"
	"heureka/internal/ops"
)

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	code := program().Execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func program() *bench.Program {
	return &bench.Program{
		Name:        "pushbench",
		Description: "Measures pushing beside its baselines and peers, and checks that no promise is broken meanwhile.",
		Rows:        rows(),
		Patience:    4 * time.Minute,
		Roles: map[string]bench.Role{
			"bare": serveBare, "nats": serveNATS, "web": serveWeb, "sockets": serveSockets, "websockets": serveWebsockets,
			"seats": serveSeats, "pen": servePen,
		},
	}
}
