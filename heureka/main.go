package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"heureka/internal/ops"
)

// commandLine is everything that can be asked for.
type commandLine struct {
	Dev       devCommand       `cmd:"" help:"Run a whole cluster on this machine, with sample services to look at."`
	Register  registerCommand  `cmd:"" help:"Register an instance and keep it registered until interrupted."`
	Watch     watchCommand     `cmd:"" help:"Show instances as they come, change and go."`
	Get       getCommand       `cmd:"" help:"Show what is registered now."`
	Cluster   clusterCommand   `cmd:"" help:"Show the nodes and how they are."`
	Evictions evictionsCommand `cmd:"" help:"Show what waits for its eviction, and hold, resume or release it."`
	Override  overrideCommand  `cmd:"" help:"Put another status over an instance's own, unless its client says STARTING or DOWN."`
	Bridge    bridgeCommand    `cmd:"" help:"Mirror a Eureka 1 cluster into Heureka, both ways if asked, while services move over."`
	Version   versionCommand   `cmd:"" help:"Show the version."`

	ShowVersion kong.VersionFlag `name:"version" help:"Show the version and end."`
}

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	code := run(ctx, os.Args[1:], console{out: os.Stdout, err: os.Stderr, program: os.Args[0]})
	stop()
	os.Exit(code)
}

// run does what the arguments ask for until it is done or ctx ends, and returns
// the exit code.
func run(ctx context.Context, args []string, to console) int {
	var asked commandLine
	exit := -1
	parser, err := kong.New(&asked,
		kong.Name("heureka"),
		kong.Description("A service registry that pushes. Try: heureka dev"),
		kong.Writers(to.out, to.err),
		kong.Exit(func(code int) { exit = code }), // after --help
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"write": defaultWrite, "read": defaultRead, "version": version()},
		kong.Bind(to),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(to.err, "heureka:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(to.err, "heureka: %v\nTry: %s --help\n", err, misused(err))
		return exitUsage
	}
	if err := command.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(to.err, "heureka:", err)
		return exitFailed
	}
	return exitDone
}

// misused returns the command that an error of parsing is about, as far as it was
// understood.
func misused(err error) string {
	var misuse *kong.ParseError
	command := "heureka"
	if !errors.As(err, &misuse) {
		return command
	}
	for _, understood := range misuse.Context.Path {
		if understood.Command != nil {
			command += " " + understood.Command.Name
		}
	}
	return command
}
