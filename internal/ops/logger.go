package ops

import (
	"fmt"
	"io"
	"log/slog"
)

// The formats of the log.
const (
	FormatText = "text" // key=value, for people
	FormatJSON = "json" // one object a line, for machines
)

// NewLogger returns a logger that writes to w everything from that level up.
// The levels are debug, info, warn and error, the formats FormatText and
// FormatJSON; anything else is an error that names the choices.
func NewLogger(level, format string, w io.Writer) (*slog.Logger, error) {
	options := slog.HandlerOptions{ReplaceAttr: withUnit}
	switch level {
	case "debug":
		options.Level = slog.LevelDebug
	case "info":
		options.Level = slog.LevelInfo
	case "warn":
		options.Level = slog.LevelWarn
	case "error":
		options.Level = slog.LevelError
	default:
		return nil, fmt.Errorf("log level %.40q is none of debug, info, warn, error", level)
	}
	switch format {
	case FormatText:
		return slog.New(slog.NewTextHandler(w, &options)), nil
	case FormatJSON:
		return slog.New(slog.NewJSONHandler(w, &options)), nil
	default:
		return nil, fmt.Errorf("log format %.40q is none of text, json", format)
	}
}

// withUnit writes a duration as 2.1s in both formats: as JSON it is a bare number of
// nanoseconds otherwise.
func withUnit(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}
