package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"heureka/internal/bench"
)

// TestMain lets the test's own binary play the roles that the benchmark starts.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == bench.RoleWord {
		os.Exit(program().Execute(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// TestEveryRowPlays takes each row with as few of everything as possible.
func TestEveryRowPlays(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real processes")
	}
	programs := t.TempDir()
	out, err := exec.Command("go", "build", "-o", programs, "heureka/write-node", "heureka/read-node").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, letter := range program().Letters() {
		t.Run(letter, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			code := program().Execute(t.Context(), []string{"--only", letter, "--scale", "0.001", "--seconds", "0.2", "--rounds", "1",
				"--beacon", "50ms", "--programs", programs, "--json"}, nil, &out, &errs)
			if code != bench.ExitKept {
				t.Fatalf("ended with %d: %s\n%s", code, errs.String(), out.String())
			}
			var tables []bench.Table
			if err := json.Unmarshal(out.Bytes(), &tables); err != nil {
				t.Fatal(err)
			}
			if len(tables) != 1 || tables[0].Row != letter || len(tables[0].Figures) == 0 {
				t.Fatalf("found %+v", tables)
			}
			var text bytes.Buffer
			if err := tables[0].Write(&text); err != nil || !strings.Contains(text.String(), tables[0].Figures[0].What) {
				t.Errorf("%v\n%s", err, text.String())
			}
		})
	}
}

func TestWrongUseIsSaid(t *testing.T) {
	for _, test := range []struct {
		args []string
		says string
	}{
		{[]string{"--seconds=0"}, "--seconds is 0; more than 0, up to 60 are possible"},
		{[]string{"--rounds=0"}, "--rounds is 0; 1 to 100 are possible"},
		{[]string{"--scale=2"}, "--scale is 2; more than 0, up to 1 are possible"},
		{[]string{"--only=a,x"}, `--only names "x"; rows are called a b c d e f g h i`},
		{[]string{"extra"}, "unexpected argument extra"},
	} {
		var out, errs bytes.Buffer
		want := "pushbench: " + test.says + "\nTry: pushbench --help\n"
		if code := program().Execute(t.Context(), test.args, nil, &out, &errs); code != bench.ExitUsage || errs.String() != want {
			t.Errorf("%v ends with %d and says %q, want %q", test.args, code, errs.String(), want)
		}
	}
}
