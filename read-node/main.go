// Read-node caches the registry and pushes its changes to subscribers.
package main

import (
	"context"
	"fmt"
	"os"

	"heureka/internal/ops"
	"heureka/read-node/server"

	"github.com/alecthomas/kong"
)

// flags is the command line.
type flags struct {
	server.Config `embed:""`

	LogLevel  string           `help:"What is logged: debug, info, warn or error, and what is worse." default:"info" env:"HEUREKA_LOG_LEVEL"`
	LogFormat string           `help:"How: text, for people, or json." default:"json" env:"HEUREKA_LOG_FORMAT"`
	Version   kong.VersionFlag `help:"Print the version and end."`
}

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "read-node:", err)
		os.Exit(1)
	}
}

// run serves with these arguments until the context ends.
func run(ctx context.Context, args []string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "" // then a name has to be given, and the settings' check says so
	}
	var f flags
	parser, err := kong.New(&f,
		kong.Name("read-node"),
		kong.Description("Caches the registry and pushes its changes to subscribers."),
		kong.Vars{"version": ops.ReadBuild().String(), "hostname": host},
	)
	if err != nil {
		return err
	}
	if _, err := parser.Parse(args); err != nil {
		return err
	}
	log, err := ops.NewLogger(f.LogLevel, f.LogFormat, os.Stderr)
	if err != nil {
		return err
	}
	s, err := server.New(f.Config, log)
	if err != nil {
		return err
	}
	return s.Run(ctx)
}
