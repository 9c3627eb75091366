package arch

import (
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

// check checks a module of one file against the plan of this module.
func check(t *testing.T, folder, src string) []Finding {
	t.Helper()
	packages, err := Load(fstest.MapFS{folder + "/x.go": {Data: []byte(src)}})
	if err != nil {
		t.Fatal(err)
	}
	return Check(packages, Heureka())
}

// with puts a package clause before the code.
func with(folder, code string) string {
	name := path.Base(folder)
	if Heureka().Layers[folder] == Doors {
		name = "main"
	}
	return "// Package " + name + " is an example.\npackage " + name + "\n" + code
}

// TestRulesRefuse breaks each rule on purpose.
func TestRulesRefuse(t *testing.T) {
	for _, c := range []struct{ name, rule, folder, code, want string }{
		{"a package that the plan lacks", RulePlan, "surprise", ``, "doesn't have"},

		{"an import from below", RuleLayers, "model", `import _ "heureka/registry"`, "above its own"},
		{"thought that imports hands", RuleLayers, "cluster", `import _ "heureka/replication"`, "above its own"},
		{"hands that import a body", RuleLayers, "client", `import _ "heureka/read-node/server"`, "above its own"},
		{"anyone who imports a check", RuleLayers, "heureka", `import _ "heureka/internal/arch"`, "above its own"},
		{"sideways against the plan", RuleLayers, "registry", `import _ "heureka/cluster"`, "on its own layer"},
		{"hands that import each other", RuleLayers, "client", `import _ "heureka/replication"`, "on its own layer"},
		{"an own package that isn't planned", RuleLayers, "client", `import _ "heureka/surprise"`, "doesn't have"},
		{"NATS outside replication", RuleOnly, "write-node/server", `import _ "github.com/nats-io/nats.go"`, "for replication, internal/pushbench alone"},
		{"NATS in a pure package", RuleOnly, "cluster", `import _ "github.com/nats-io/nats.go"`, "for replication, internal/pushbench alone"},

		{"locks", RulePure, "registry", `import _ "sync"`, "imports sync"},
		{"atomics", RulePure, "registry", `import _ "sync/atomic"`, "imports sync/atomic"},
		{"log", RulePure, "registry", `import _ "log"`, "imports log"},
		{"slog", RulePure, "registry", `import _ "log/slog"`, "imports log/slog"},
		{"net", RulePure, "wire", `import _ "net"`, "imports net"},
		{"os in thought", RulePure, "interest", `import _ "os"`, "imports os"},
		{"os in words", RulePure, "model", `import _ "os"`, "imports os"},
		{"contexts", RulePure, "client/mirror", `import _ "context"`, "imports context"},
		{"the old random package", RulePure, "cluster", `import _ "math/rand"`, "imports math/rand"},
		{"a random hash seed", RulePure, "read-node/fanout", `import _ "hash/maphash"`, "imports hash/maphash"},
		{"an unknown module", RulePure, "model", `import _ "example.org/anything"`, "imports example.org/anything"},
		{"Now", RulePure, "cluster", `import "time"; func f() { time.Now() }`, "uses Now of time"},
		{"Since", RulePure, "cluster", `import "time"; func f(t time.Time) { time.Since(t) }`, "uses Since of time"},
		{"After", RulePure, "cluster", `import "time"; func f() { time.After(1) }`, "uses After of time"},
		{"Sleep", RulePure, "cluster", `import "time"; func f() { time.Sleep(1) }`, "uses Sleep of time"},
		{"NewTimer", RulePure, "cluster", `import "time"; func f() { time.NewTimer(1) }`, "uses NewTimer of time"},
		{"a clock as a value", RulePure, "cluster", `import clock "time"; func f() any { return clock.Now }`, "uses Now of time"},
		{"a clock through a dot", RulePure, "cluster", `import . "time"; func f() { Now() }`, "with a dot"},
		{"global randomness", RulePure, "cluster", `import "math/rand/v2"; func f() { rand.IntN(2) }`, "uses IntN"},
		{"a random id", RulePure, "cluster", `import "github.com/google/uuid"; func f() { uuid.New() }`, "uses New of"},
		{"an HTTP client", RulePure, "wire", `import "net/http"; func f() { http.Get("x") }`, "uses Get of net/http"},
		{"Println", RulePure, "write-node/owner", `import "fmt"; func f() { fmt.Println() }`, "uses Println of fmt"},
		{"print", RulePure, "model", `func f() { println("x") }`, "prints"},
		{"a goroutine", RuleGoroutines, "cluster", `func f() { go f() }`, "starts a goroutine"},
		{"a channel", RuleGoroutines, "cluster", `func f(<-chan int) {}`, "has a channel"},
		{"a select", RuleGoroutines, "cluster", `func f() { select {} }`, "waits"},

		{"init", RuleInit, "loadtest", `func init() {}`, "func init"},
		{"a variable", RuleVariables, "model", `var count int`, "variable count"},
		{"a variable in a main", RuleVariables, "loadtest", `var verbose bool`, "variable verbose"},
		{"a table that isn't in the plan", RuleVariables, "wire", `var kinds = []string{"a"}`, "variable kinds"},
		{"an error assigned", RuleVariables, "model", `import "errors"; var E = errors.New(""); func f() { E = nil }`, "changes package variable E"},
		{"a table written to", RuleVariables, "wire", `var table = []int{1}; func f() { table[0]++ }`, "changes package variable table"},
		{"a table deleted from", RuleVariables, "wire", `var table = map[int]int{}; func f() { delete(table, 1) }`, "changes package variable table"},
		{"a table ranged into", RuleVariables, "wire", `var table [2]int; func f() { for table[0] = range 3 {} }`, "changes package variable table"},
		{"a table handed out", RuleVariables, "wire", `var table [2]int; func f() *int { return &table[1] }`, "changes package variable table"},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, check(t, c.folder, with(c.folder, c.code)), c.rule, c.want) })
	}
}

// TestRulesRefusePackages does the same for rules about names and comments.
func TestRulesRefusePackages(t *testing.T) {
	for _, c := range []struct{ name, rule, folder, src, want string }{
		{"util", RuleNames, "model", "// Package util.\npackage util", "says nothing"},
		{"helper", RuleNames, "wire", "// Package helper.\npackage helper", "says nothing"},
		{"common", RuleNames, "client", "// Package common.\npackage common", "says nothing"},
		{"a library in a folder with a hyphen", RuleNames, "write-node", "// Package writenode.\npackage writenode", "hyphen"},
		{"a main below the doors", RuleNames, "client", "// A program.\npackage main", "mains are the doors"},
		{"no comment", RuleDoc, "model", "package model", "no package comment"},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, check(t, c.folder, c.src), c.rule, c.want) })
	}
}

func refused(t *testing.T, found []Finding, rule, want string) {
	t.Helper()
	if len(found) == 0 {
		t.Fatal("accepted")
	}
	if f := found[0]; f.Rule != rule || !strings.Contains(f.Text, want) {
		t.Errorf("refused for something else: %v", found)
	}
}

func TestRulesAccept(t *testing.T) {
	for _, c := range []struct{ name, folder, code string }{
		{"an import downwards", "heureka", `import _ "heureka/read-node/server"; import _ "heureka/model"`},
		{"sideways as planned", "wire", `import _ "heureka/cluster"`},
		{"NATS in its package", "replication", `import _ "github.com/nats-io/nats.go"`},
		{"hands may do all", "client", `import "time"; import _ "sync"; func f() { go f(); time.Now() }`},
		{"durations", "cluster", `import "time"; func f() time.Duration { return time.Second }`},
		{"a random source that comes in", "cluster", `import "math/rand/v2"; func f(r *rand.Rand) int { return r.IntN(2) }`},
		{"a local called like a package", "cluster", `type c struct{ Now int }; func f(time c) int { return time.Now }`},
		{"an init that is a method", "model", `type t struct{}; func (t) init() {}`},
		{"errors", "model", `import ("errors"; "fmt"); var A, B = errors.New("a"), fmt.Errorf("b")`},
		{"a pattern", "model", `import "regexp"; var word = regexp.MustCompile("a+")`},
		{"an interface satisfied", "model", `var _ error = (*e)(nil); type e struct{ error }`},
		{"a planned table", "wire", `var table = []int{1}; func f() int { return table[0] }`},
		{"a local called like a table", "wire", `var table = []int{1}; func f() { table := []int{1}; table[0]++ }`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, f := range check(t, c.folder, with(c.folder, c.code)) {
				t.Error(f)
			}
		})
	}
}

func TestMissingNamesWhatIsGone(t *testing.T) {
	packages, err := Load(fstest.MapFS{"a/x.go": {Data: []byte("package a")}})
	if err != nil {
		t.Fatal(err)
	}
	found := Missing(packages, Plan{Layers: map[string]Layer{"a": Words, "b": Words}})
	if len(found) != 1 || found[0].At != "b" {
		t.Error(found)
	}
}

func TestLoadTakesWhatTheGoCommandTakes(t *testing.T) {
	src := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	packages, err := Load(fstest.MapFS{
		"go.mod":              src("module x"),
		"a/a.go":              src("package a"),
		"a/a_test.go":         src("package a_test"),
		"a/testdata/t.go":     src("package t"),
		"b/only_test.go":      src("package b_test"),
		".c/c.go":             src("package c"),
		"_d/d.go":             src("package d"),
		"vendor/e/e.go":       src("package e"),
		"nested/go.mod":       src("module y"),
		"nested/f/f.go":       src("package f"),
		"docs/protocol.md":    src("text"),
		"h/node_modules/g.go": src("package g"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range packages {
		got = append(got, p.Path+":"+p.Name)
	}
	if strings.Join(got, " ") != "a:a b:b" {
		t.Error(got)
	}
	if _, err := Load(fstest.MapFS{"a/a.go": src("pack age")}); err == nil {
		t.Error("a file that isn't Go was accepted")
	}
}
