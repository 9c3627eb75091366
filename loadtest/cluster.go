package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"heureka/cluster"
	"heureka/internal/dev"
)

// test carries out the test on the cluster that is named, or on one of its own.
func test(ctx context.Context, cfg config) (*figures, error) {
	if len(cfg.Write) > 0 {
		return run(ctx, cfg, cfg.Write, cfg.Read)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	nodes, err := dev.NewCluster(dev.AnyPorts(cfg.WriteNodes, cfg.ReadNodes), dev.Settings{Log: log})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- nodes.Run(ctx, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		return nil, err
	}
	figures, err := run(ctx, cfg, dev.HTTPOf(nodes.Nodes(cluster.Write)), dev.HTTPOf(nodes.Nodes(cluster.Read)))
	cancel()
	return figures, errors.Join(err, <-ended)
}
