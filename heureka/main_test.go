package main

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"heureka/internal/dev"
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
		{[]string{"register", "--app", "A", "--id", "i", "--ip", "localhost", "--port", "1"}, exitUsage, `--ip is "localhost": must be an IP address`},
		{[]string{"--fly"}, exitUsage, "Try: heureka --help\n"},
		{[]string{"watch", "--fly"}, exitUsage, "Try: heureka watch --help\n"},
		{[]string{"register", "--app", "A"}, exitUsage, "Try: heureka register --help\n"},
		{[]string{"dev", "--only", "write-1"}, exitFailed, "--only needs --processes"},
		{[]string{"dev", "--write-nodes", "0"}, exitFailed, "--write-nodes is 0"},
		{[]string{"dev", "--processes", "--only", "write-9", "--data", t.TempDir()}, exitFailed, `no node is called "write-9"`},
		{[]string{"get", "--read", "127.0.0.1:1"}, exitFailed, "no node answers"},
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

func TestHelpShowsTheFlagsOfDev(t *testing.T) {
	var out bytes.Buffer
	if code := run(context.Background(), []string{"dev", "--help"}, console{out: &out, err: &out}); code != exitDone {
		t.Errorf("ends with %d", code)
	}
	if !strings.Contains(out.String(), "--port-offset") || !strings.Contains(out.String(), "--write-nodes") {
		t.Errorf("help says\n%s", out.String())
	}
}

func TestHelpSaysWhoIsAsked(t *testing.T) {
	for command, says := range map[string]string{"get": "Read nodes", "register": "Write nodes"} {
		var out bytes.Buffer
		if code := run(t.Context(), []string{command, "--help"}, console{out: &out, err: &out}); code != exitDone {
			t.Errorf("%s: ends with %d", command, code)
		}
		if text := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(text, says+", as host:port or URL; by default those of heureka dev") {
			t.Errorf("%s: help says\n%s", command, out.String())
		}
	}
}

func TestVersionIsShown(t *testing.T) {
	for _, word := range []string{"version", "--version"} {
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{word}, console{out: &out, err: &errs})
		if code != exitDone || out.String() != version()+"\n" || errs.Len() > 0 {
			t.Errorf("%s: %d %q %q", word, code, out.String(), errs.String())
		}
	}
}

func TestDevSaysWhereTheLogsGo(t *testing.T) {
	plan := dev.Plan{WriteNodes: 1, ReadNodes: 1}
	for want, command := range map[string]devCommand{
		"\n  logs: this terminal, from warnings up\n": {},
		"\n  logs: /tmp/data\n":                       {Processes: true},
	} {
		var out bytes.Buffer
		command.hint(console{out: &out, err: &out, program: "heureka"}, plan, "/tmp/data")
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q isn't in\n%s", want, out.String())
		}
	}
}

func TestAnAddressInUseIsSaid(t *testing.T) {
	address := freePlan(t).Writes()[0].HTTP // nobody takes it when it is free again
	taken, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	want := address + " of write-1 is in use: is another cluster running?"
	for name, node := range map[string]dev.Node{
		"service": {Name: "write-1", HTTP: address},
		"routes":  {Name: "write-1", Routes: address},
	} {
		if err := vacant([]dev.Node{node}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	taken.Close()
	if err := vacant([]dev.Node{{Name: "write-1", HTTP: address}}); err != nil {
		t.Error(err)
	}
}
