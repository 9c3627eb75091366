package ops

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestLoggerWritesFromItsLevelUp(t *testing.T) {
	for level, want := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1} {
		var out bytes.Buffer
		log, err := NewLogger(level, FormatText, &out)
		if err != nil {
			t.Fatal(err)
		}
		log.Debug("m")
		log.Info("m")
		log.Warn("m")
		log.Error("m")
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("level %s wrote %d lines, want %d", level, got, want)
		}
	}
}

func TestLoggerWritesJSON(t *testing.T) {
	var out bytes.Buffer
	log, err := NewLogger("info", FormatJSON, &out)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("hello", "node", "write-1", "took", 2100*time.Millisecond)
	var line struct{ Msg, Node, Took string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line.Msg != "hello" || line.Node != "write-1" || line.Took != "2.1s" {
		t.Errorf("wrote %s", out.String())
	}
}

func TestLoggerErrorsNameTheChoices(t *testing.T) {
	for _, c := range []struct{ level, format, want string }{
		{"loud", FormatText, `log level "loud" is none of debug, info, warn, error`},
		{"", FormatText, `log level "" is none of debug, info, warn, error`},
		{"info", "xml", `log format "xml" is none of text, json`},
	} {
		log, err := NewLogger(c.level, c.format, nil)
		if log != nil || err == nil || err.Error() != c.want {
			t.Errorf("NewLogger(%q, %q): %v, want %s", c.level, c.format, err, c.want)
		}
	}
}
