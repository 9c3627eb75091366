package main

import (
	"context"

	"heureka/bridge"
	"heureka/internal/ops"
)

type bridgeCommand struct {
	bridge.Config `embed:""`
	LogLevel      string `help:"What is logged: debug, info, warn or error, and what is worse." default:"info" env:"HEUREKA_LOG_LEVEL"`
	LogFormat     string `help:"How: text, for people, or json." default:"json" env:"HEUREKA_LOG_FORMAT"`
}

// Run mirrors until ctx ends.
func (c bridgeCommand) Run(ctx context.Context, to console) error {
	log, err := ops.ProgramFlags{LogLevel: c.LogLevel, LogFormat: c.LogFormat}.Logger(to.err)
	if err != nil {
		return err
	}
	b, err := bridge.New(c.Config, log)
	if err != nil {
		return err
	}
	return b.Run(ctx)
}
