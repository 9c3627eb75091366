package ops

import (
	"fmt"
	"io"
	"log/slog"
	"os"

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
	return err
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
