package main

import (
	"io"
	"log/slog"
)

// console is where a command writes.
type console struct {
	out     io.Writer // results
	err     io.Writer // everything else
	program string    // what was typed to start this, for hints
}

// log returns a logger for what people should know beside the results.
func (c console) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
