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

// TestEveryRowPlays takes each row with as few of everything as possible, and without
// Eureka's server.
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
			code := program().Execute(t.Context(), []string{"--only", letter, "--peers", "none", "--clients", "go", "--scale", "0.01", "--seconds", "0.2",
				"--rounds", "1", "--beacon", "50ms", "--programs", programs, "--json"}, nil, &out, &errs)
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
			missing := 0
			for _, f := range tables[0].Figures {
				if f.Missing != "" {
					missing++
				}
			}
			if missing == 0 {
				t.Error("it isn't said that Eureka's server wasn't run")
			}
		})
	}
}

// TestWithoutJavaRowGSaysSo, and fails nothing.
func TestWithoutJavaRowGSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	s := &stage{Stage: &bench.Stage{Context: t.Context()}}
	if found, why, err := s.findSprings(); found != nil || why != "not run: there is no java" || err != nil {
		t.Errorf("found %v, says %q, %v", found, why, err)
	}
}

func TestWhatAServiceSaysIsTold(t *testing.T) {
	a := &answers{lines: make(chan string, maxAnswers)}
	for _, part := range []string{"a log\n@@ re", "ady\nmore @@ of it\n@@ ok A=UP\n", strings.Repeat("x", 2*maxLine), "\n@@ ok\n"} {
		if n, err := a.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("took %d of %d, %v", n, len(part), err)
		}
	}
	for _, want := range []string{"ready", "ok A=UP", "ok"} {
		if got := <-a.lines; got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
}

func TestWrongUseIsSaid(t *testing.T) {
	for _, test := range []struct{ arg, says string }{
		{"--only=x", `--only names "x"; rows are called a b c d e f g h`},
		{"--peers=zookeeper", `--peers must be one of "eureka","none" but got "zookeeper"`},
		{"--warm=-1", "--warm is -1; 0 to 600 are possible"},
	} {
		var out, errs bytes.Buffer
		want := "eurekabench: " + test.says + "\nTry: eurekabench --help\n"
		if code := program().Execute(t.Context(), []string{test.arg}, nil, &out, &errs); code != bench.ExitUsage || errs.String() != want {
			t.Errorf("%s ends with %d and says %q, want %q", test.arg, code, errs.String(), want)
		}
	}
}
