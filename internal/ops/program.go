package ops

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// ProgramFlags are the flags that every node's program has beside its server's.
type ProgramFlags struct {
	LogLevel  string           `help:"What is logged: debug, info, warn or error, and what is worse." default:"info" env:"HEUREKA_LOG_LEVEL"`
	LogFormat string           `help:"How: text, for people, or json." default:"json" env:"HEUREKA_LOG_FORMAT"`
	Version   kong.VersionFlag `help:"Print the version and end."`
}

// Logger returns the logger that the flags ask for.
func (f ProgramFlags) Logger(w io.Writer) (*slog.Logger, error) {
	err := cmp.Or(
		OneOf("log-level", f.LogLevel, "debug", "info", "warn", "error"),
		OneOf("log-format", f.LogFormat, FormatText, FormatJSON),
	)
	if err != nil {
		return nil, err
	}
	return NewLogger(f.LogLevel, f.LogFormat, w)
}

// ParseProgram reads a program's arguments and environment into flags, a pointer
// to a struct with kong's tags. The error is for people: it names the flag.
func ParseProgram(name, description string, flags any, args []string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "" // then a name has to be given, and the settings' check says so
	}
	parser, err := kong.New(flags,
		kong.Name(name),
		kong.Description(description),
		kong.Vars{"version": ReadBuild().String(), "hostname": host},
	)
	if err != nil {
		return fmt.Errorf("flags of %s: %w", name, err)
	}
	_, err = parser.Parse(args)
	return misuse(parser, err)
}

// errMisuse marks what a program was asked and can't understand.
var errMisuse = errors.New("misuse")

// misused is an error that is errMisuse too and says no more than itself.
type misused struct{ error }

func (m misused) Unwrap() []error { return []error{m.error, errMisuse} }

// misuse marks the error of parsing, and names the environment variable beside
// the flag as [WrongSetting] does.
func misuse(parser *kong.Kong, err error) error {
	if err == nil {
		return nil
	}
	var wrong *WrongSetting
	if errors.As(err, &wrong) { // without what kong puts before it
		return wrong
	}
	for _, flag := range parser.Model.Flags {
		if rest, ok := strings.CutPrefix(err.Error(), "--"+flag.Name+": "); ok && len(flag.Envs) > 0 {
			return misused{fmt.Errorf("--%s (%s): %s", flag.Name, flag.Envs[0], rest)}
		}
	}
	return misused{err}
}

// The exit codes of a node's program.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // it didn't understand
)

// Ended tells people why a program ends, if not because it was told to, and
// returns its exit code: 2 for what it was asked wrongly, 1 for everything else.
func Ended(name string, err error, w io.Writer) int {
	var wrong *WrongSetting
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errMisuse), errors.As(err, &wrong):
		fmt.Fprintf(w, "%s: %v\nTry: %s --help\n", name, err, name)
		return exitUsage
	default:
		fmt.Fprintf(w, "%s: %v\n", name, err)
		return exitFailed
	}
}

// SetDefaults gives flags, a pointer to a struct with kong's tags, the defaults
// that the tags say, whatever is in the environment; the name of the host is left
// empty. Tags that make no sense are a fault in the program, so it panics.
func SetDefaults(flags any) {
	parser, err := kong.New(flags, kong.Vars{"hostname": ""})
	if err != nil {
		panic(fmt.Sprintf("ops: a setting's tag makes no sense: %v", err))
	}
	for _, flag := range parser.Model.Flags {
		flag.Tag.Envs = nil
		if err := flag.Reset(); err != nil { // to its default
			panic(fmt.Sprintf("ops: the default of %s is no value of it: %v", flag.Name, err))
		}
	}
}
