package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestWrongUseIsSaid(t *testing.T) {
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitUsage, "expected one of"},
		{[]string{"fly"}, exitUsage, "unexpected argument fly"},
		{[]string{"register", "--app", "A"}, exitUsage, "missing flags"},
		{[]string{"register", "--app", "A", "--id", "i", "--ip", "127.0.0.1", "--port", "70000"}, exitUsage, "--port"},
		{[]string{"register", "--app", "A", "--id", "i", "--ip", "127.0.0.1", "--port", "1", "--status", "ILL"}, exitUsage, "--status"},
		{[]string{"dev", "--only", "write-1"}, exitFailed, "--only needs --processes"},
		{[]string{"dev", "--write-nodes", "0"}, exitFailed, "--write-nodes is 0"},
		{[]string{"dev", "--processes", "--only", "write-9", "--data", t.TempDir()}, exitFailed, `no node is called "write-9"`},
		{[]string{"get", "--read", "127.0.0.1:1"}, exitFailed, "no read node answers"},
		{[]string{"watch", "--read", "ftp://x"}, exitFailed, "ftp"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(t.Context(), test.args, console{out: &out, err: &errs}); code != test.code {
				t.Errorf("ends with %d, want %d", code, test.code)
			}
			if !strings.Contains(errs.String(), test.says) || out.Len() > 0 {
				t.Errorf("says %q and %q, want %q", out.String(), errs.String(), test.says)
			}
		})
	}
}

func TestHelpHidesWhatIsNotForPeople(t *testing.T) {
	var out bytes.Buffer
	if code := run(context.Background(), []string{"dev", "--help"}, console{out: &out, err: &out}); code != exitDone {
		t.Errorf("ends with %d", code)
	}
	if strings.Contains(out.String(), "port-offset") || !strings.Contains(out.String(), "--write-nodes") {
		t.Errorf("help says\n%s", out.String())
	}
}

func TestVersionIsShown(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"version"}, console{out: &out}); code != exitDone || !strings.HasPrefix(out.String(), "heureka ") {
		t.Errorf("%d %q", code, out.String())
	}
}
