package ops

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

type testFlags struct {
	ProgramFlags `embed:""`
	Lease        time.Duration `default:"30s" env:"HEUREKA_LEASE"`
	Share        float64       `default:"0.5" env:"HEUREKA_SHARE"`
}

func (f testFlags) Validate() error { return Between("share", f.Share, 0, 1) }

func TestMisuseIsTold(t *testing.T) {
	for _, test := range []struct {
		name     string
		args     []string
		variable string
		says     string
	}{
		{"no value of its kind", []string{"--lease=soon"}, "", `--lease (HEUREKA_LEASE): expected duration but got "soon"`},
		{"nor in the environment", nil, "HEUREKA_LEASE=soon", `(from envar HEUREKA_LEASE="soon")`},
		{"not possible", []string{"--share=2"}, "", "p: --share (HEUREKA_SHARE) is 2: must be between 0 and 1\n"},
		{"nor in the environment", nil, "HEUREKA_SHARE=2", "p: --share (HEUREKA_SHARE) is 2: must be between 0 and 1\n"},
		{"unknown", []string{"--nosuch"}, "", "--nosuch"},
		{"log level", []string{"--log-level=loud"}, "", `p: --log-level (HEUREKA_LOG_LEVEL) is "loud": must be one of debug, info, warn, error` + "\n"},
		{"log format", []string{"--log-format=xml"}, "", `p: --log-format (HEUREKA_LOG_FORMAT) is "xml": must be one of text, json` + "\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if name, value, ok := strings.Cut(test.variable, "="); ok {
				t.Setenv(name, value)
			}
			var f testFlags
			err := ParseProgram("p", "", &f, test.args)
			if err == nil {
				_, err = f.Logger(t.Output())
			}
			var said strings.Builder
			if code := Ended("p", err, &said); code != exitUsage {
				t.Errorf("ends with %d", code)
			}
			if !strings.Contains(said.String(), test.says) || !strings.HasSuffix(said.String(), "\nTry: p --help\n") {
				t.Errorf("said %q, want %q", said.String(), test.says)
			}
		})
	}
}

func TestWhatFailsIsNoMisuse(t *testing.T) {
	var said strings.Builder
	if code := Ended("p", fmt.Errorf("http: %w", errors.New("in use")), &said); code != exitFailed || said.String() != "p: http: in use\n" {
		t.Errorf("ends with %d and says %q", code, said.String())
	}
	said.Reset()
	if code := Ended("p", nil, &said); code != exitDone || said.Len() > 0 {
		t.Errorf("ends with %d and says %q", code, said.String())
	}
}
