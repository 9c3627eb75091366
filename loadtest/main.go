package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"heureka/internal/ops"
)

// The exit codes.
const (
	exitKept   = 0
	exitBroken = 1 // a promise was broken, or the test couldn't be carried out
	exitUsage  = 2
)

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute carries out the test that the arguments describe, and returns the
// exit code.
func execute(ctx context.Context, args []string, out, errs io.Writer) int {
	var cfg config
	exit := -1
	parser, err := kong.New(&cfg,
		kong.Name("loadtest"),
		kong.Description("Puts a cluster under load, measures it and checks that it keeps its promises."),
		kong.Writers(out, errs),
		kong.Exit(func(code int) { exit = code }), // after --help
	)
	if err != nil {
		fmt.Fprintln(errs, "loadtest:", err)
		return exitBroken
	}
	_, err = parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err == nil { // of flags that weren't all read nothing else is true
		err = cfg.validate()
	}
	if err != nil {
		fmt.Fprintf(errs, "loadtest: %v\nTry: loadtest --help\n", err)
		return exitUsage
	}
	figures, err := test(ctx, cfg)
	if err == nil {
		err = figures.show(out, cfg.JSON)
	}
	if err != nil {
		fmt.Fprintln(errs, "loadtest:", err)
		return exitBroken
	}
	if figures.Broken > 0 {
		return exitBroken
	}
	return exitKept
}
