package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"
)

// Program is one benchmark.
type Program struct {
	Name        string
	Description string
	Rows        []Row
	Patience    time.Duration // for one row
	Seconds     float64       // default of --seconds; 0: 3
	Rounds      int           // default of --rounds; 0: 3
	Roles       map[string]Role
	// Settings, if not nil, is a pointer to a struct of further settings, with tags
	// like those of Options.
	Settings any
	// Validate, if not nil, reports the first of these that can't be worked with.
	Validate func() error
}

// Row is one row of figures.
type Row struct {
	Letter, Title string
	Play          func(*Stage) error
}

// Role is what a process does that the benchmark starts: it takes orders, see [Obey].
type Role func(in io.Reader, out io.Writer) error

// The exit codes.
const (
	ExitKept   = 0
	ExitBroken = 1 // a promise was broken, or something couldn't be measured
	ExitUsage  = 2
)

// RoleWord is the first argument of the processes that a benchmark starts.
const RoleWord = "role"

// Letters lists what the rows are called.
func (p *Program) Letters() []string {
	var all []string
	for _, r := range p.Rows {
		all = append(all, r.Letter)
	}
	return all
}

// Execute measures what the arguments ask for, or plays a role in that, and returns
// the exit code.
func (p *Program) Execute(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	if len(args) == 2 && args[0] == RoleWord {
		if err := p.serve(args[1], in, out); err != nil {
			fmt.Fprintln(errs, args[1]+":", err)
			return ExitBroken
		}
		return ExitKept
	}
	options, exit, err := p.parse(args, out, errs)
	switch {
	case exit >= 0:
		return exit
	case err != nil:
		fmt.Fprintf(errs, "%s: %v\nTry: %[1]s --help\n", p.Name, err)
		return ExitUsage
	}
	if err := p.measure(ctx, options, out, errs); err != nil {
		fmt.Fprintf(errs, "%s: %v\n", p.Name, err)
		return ExitBroken
	}
	return ExitKept
}

// parse reads the arguments; exit is negative unless nothing is left to do.
func (p *Program) parse(args []string, out, errs io.Writer) (o Options, exit int, err error) {
	var words struct {
		Options `embed:""`
		kong.Plugins
	}
	if p.Settings != nil {
		words.Plugins = kong.Plugins{p.Settings}
	}
	exit = -1
	parser, err := kong.New(&words, kong.Vars{"seconds": fmt.Sprint(cmp.Or(p.Seconds, 3)), "rounds": fmt.Sprint(cmp.Or(p.Rounds, 3))}, kong.Name(p.Name), kong.Description(p.Description), kong.Writers(out, errs),
		kong.Exit(func(code int) { exit = code })) // after --help
	if err != nil {
		return o, exit, err
	}
	_, err = parser.Parse(args)
	if err == nil {
		err = words.validate(p)
	}
	if err == nil && p.Validate != nil {
		err = p.Validate()
	}
	return words.Options, exit, err
}

// serve plays a role.
func (p *Program) serve(role string, in io.Reader, out io.Writer) error {
	serve, ok := p.Roles[role]
	if !ok {
		return errors.New("no such role")
	}
	return serve(in, out)
}

// measure takes the rows one after the other and shows what they found.
func (p *Program) measure(ctx context.Context, o Options, out, errs io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if o.Programs == "" {
		o.Programs = filepath.Dir(self)
	}
	var tables []Table
	var failed []error
	for _, r := range p.Rows {
		if !o.asked(r.Letter) {
			continue
		}
		fmt.Fprintf(errs, "%s: %s\n", r.Letter, r.Title)
		t, err := p.play(ctx, o, self, r)
		if err != nil {
			failed = append(failed, fmt.Errorf("row %s: %w", r.Letter, err))
		}
		tables = append(tables, t)
		if !o.JSON {
			if err := t.Write(out); err != nil {
				return err
			}
		}
	}
	if o.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		failed = append(failed, encoder.Encode(tables))
	}
	return errors.Join(failed...)
}
