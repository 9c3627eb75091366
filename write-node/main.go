// Write-node takes registrations, owns them and shares them with its peers.
package main

import (
	"context"
	"os"
	"sync"

	"heureka/internal/ops"
	"heureka/write-node/server"
)

// flags is the command line.
type flags struct {
	server.Config    `embed:""`
	ops.ProgramFlags `embed:""`
}

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	code := ops.Ended("write-node", run(ctx, os.Args[1:]), os.Stderr)
	stop()
	os.Exit(code)
}

// run serves with these arguments until the context ends.
func run(ctx context.Context, args []string) error {
	var f flags
	if err := ops.ParseProgram("write-node", "Takes registrations, owns them and shares them with its peers.", &f, args); err != nil {
		return err
	}
	log, err := f.Logger(os.Stderr)
	if err != nil {
		return err
	}
	s, err := server.New(f.Config, log)
	if err != nil {
		return err
	}
	var parts sync.WaitGroup
	roomy, narrow := context.WithCancel(context.Background())
	parts.Go(func() { ops.RoomyHeap(roomy) })
	defer parts.Wait()
	defer narrow()
	return s.Run(ctx)
}
