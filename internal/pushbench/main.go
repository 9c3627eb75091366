package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"heureka/internal/ops"
)

// config is what is measured.
type config struct {
	Only     []string      `help:"Rows to measure, by their letters; all if none is named." placeholder:"a,b"`
	Seconds  float64       `help:"How long one contender is measured in one round." default:"3"`
	Rounds   int           `help:"Rounds in which the contenders take turns; the median counts." default:"3"`
	Scale    float64       `help:"Share of the numbers of instances and subscribers that is used." default:"1"`
	Beacon   time.Duration `help:"Between two beacons of the nodes." default:"1s"`
	Programs string        `help:"Folder of write-node and read-node; by default that of this program." type:"path"`
	Profiles string        `help:"Folder for CPU profiles of the nodes in each row, and for profiles of their memory in rows about that; none by default, as profiling costs." type:"path"`
	JSON     bool          `name:"json" help:"The figures as one JSON object."`
}

func (c config) validate() error {
	switch {
	case c.Seconds <= 0 || c.Seconds > 60:
		return fmt.Errorf("--seconds is %v; more than 0, up to 60 are possible", c.Seconds)
	case c.Rounds < 1 || c.Rounds > 100:
		return fmt.Errorf("--rounds is %d; 1 to 100 are possible", c.Rounds)
	case c.Scale <= 0 || c.Scale > 1:
		return fmt.Errorf("--scale is %v; more than 0, up to 1 are possible", c.Scale)
	}
	for _, letter := range c.Only {
		if _, ok := rowOf(letter); !ok {
			return fmt.Errorf("--only names %q; rows are called %s", letter, strings.Join(letters(), " "))
		}
	}
	return nil
}

// The exit codes.
const (
	exitKept   = 0
	exitBroken = 1 // a promise was broken, or something couldn't be measured
	exitUsage  = 2
)

// roleWord is the first argument of the processes that the benchmark starts.
const roleWord = "role"

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	code := execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute measures what the arguments ask for, or plays a role in that, and
// returns the exit code.
func execute(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	if len(args) == 2 && args[0] == roleWord {
		if err := play(args[1], in, out); err != nil {
			fmt.Fprintln(errs, args[1]+":", err)
			return exitBroken
		}
		return exitKept
	}
	var cfg config
	exit := -1
	parser, err := kong.New(&cfg,
		kong.Name("pushbench"),
		kong.Description("Measures pushing beside its baselines and peers, and checks that no promise is broken meanwhile."),
		kong.Writers(out, errs),
		kong.Exit(func(code int) { exit = code }), // after --help
	)
	if err != nil {
		fmt.Fprintln(errs, "pushbench:", err)
		return exitBroken
	}
	_, err = parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err == nil {
		err = cfg.validate()
	}
	if err != nil {
		fmt.Fprintf(errs, "pushbench: %v\nTry: pushbench --help\n", err)
		return exitUsage
	}
	if err := measure(ctx, cfg, out, errs); err != nil {
		fmt.Fprintln(errs, "pushbench:", err)
		return exitBroken
	}
	return exitKept
}

// play is what a process does that the benchmark started.
func play(role string, in io.Reader, out io.Writer) error {
	roles := map[string]func(io.Reader, io.Writer) error{
		"bare": serveBare, "nats": serveNATS, "web": serveWeb, "sockets": serveSockets, "websockets": serveWebsockets,
		"seats": serveSeats, "pen": servePen,
	}
	serve, ok := roles[role]
	if !ok {
		return errors.New("no such role")
	}
	return serve(in, out)
}

// measure takes the rows one after the other and shows what they found.
func measure(ctx context.Context, cfg config, out, errs io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if cfg.Programs == "" {
		cfg.Programs = filepath.Dir(self)
	}
	var tables []table
	var failed []error
	for _, r := range rows() {
		if !cfg.asked(r.letter) {
			continue
		}
		fmt.Fprintf(errs, "%s: %s\n", r.letter, r.title)
		t, err := runRow(ctx, cfg, self, r)
		if err != nil {
			failed = append(failed, fmt.Errorf("row %s: %w", r.letter, err))
		}
		tables = append(tables, t)
		if !cfg.JSON {
			if err := t.write(out); err != nil {
				return err
			}
		}
	}
	if cfg.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		failed = append(failed, encoder.Encode(tables))
	}
	return errors.Join(failed...)
}

func (c config) asked(letter string) bool {
	if len(c.Only) == 0 {
		return true
	}
	for _, only := range c.Only {
		if only == letter {
			return true
		}
	}
	return false
}

// scaled returns the share of a number that is used, at least the least.
func (c config) scaled(n, least int) int { return max(int(float64(n)*c.Scale), least) }
