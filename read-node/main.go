// Read-node caches the registry and pushes its changes to subscribers.
package main

import (
	"context"
	"os"
	"sync"

	"heureka/internal/ops"
	"heureka/read-node/server"
)

// flags is the command line.
type flags struct {
	server.Config    `embed:""`
	ops.ProgramFlags `embed:""`
}

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	code := ops.Ended("read-node", run(ctx, os.Args[1:]), os.Stderr)
	stop()
	os.Exit(code)
}

// run serves with these arguments until the context ends.
func run(ctx context.Context, args []string) error {
	var f flags
	if err := ops.ParseProgram("read-node", "Caches the registry and pushes its changes to subscribers.", &f, args); err != nil {
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
	lean, fat := context.WithCancel(context.Background())
	parts.Go(func() { ops.LeanHeap(lean) })
	defer parts.Wait()
	defer fat()
	return s.Run(ctx)
}
