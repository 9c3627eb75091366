package mutants

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var (
	hunt    = flag.Bool("mutants.run", false, "build each mutant and see that it is caught")
	only    = flag.String("mutants.only", "", "hunt those only whose name has this text")
	rewrite = flag.Bool("rewrite", false, "write the list in docs/testing.md anew")
)

func root(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestEveryMutantFitsTheCode(t *testing.T) {
	seen := make(map[string]bool)
	for _, m := range All() {
		if _, err := m.Overlay(root(t), t.TempDir()); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
		if m.Checker == "" || m.Hunter == "" || seen[m.Name] {
			t.Errorf("%s: has no checker, no hunter or the name of another", m.Name)
		}
		seen[m.Name] = true
	}
	if len(seen) < 15 {
		t.Errorf("%d mutants", len(seen))
	}
}

// TestTheListIsInTheDocuments compares docs/testing.md with the list.
func TestTheListIsInTheDocuments(t *testing.T) {
	file := filepath.Join(root(t), "docs", "testing.md")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- mutants -->\n", "<!-- end -->"
	before, after, found := strings.Cut(string(raw), begin)
	got, rest, ended := strings.Cut(after, end)
	if !found || !ended {
		t.Fatal("docs/testing.md has no place for the list")
	}
	want := table()
	if got == want {
		return
	}
	if !*rewrite {
		t.Fatal("docs/testing.md has another list; run with -rewrite")
	}
	if err := os.WriteFile(file, []byte(before+begin+want+end+rest), 0o644); err != nil {
		t.Fatal(err)
	}
}

func table() string {
	var b strings.Builder
	b.WriteString("| the broken code | where | is caught by | in |\n|---|---|---|---|\n")
	for _, m := range All() {
		hunter, _, _ := strings.Cut(m.Hunter, " ")
		fmt.Fprintf(&b, "| %s | `%s` | %s | `%s` |\n", m.Name, m.File, m.Checker, strings.TrimPrefix(hunter, "./"))
	}
	return b.String()
}

func TestMutants(t *testing.T) {
	if !*hunt {
		t.Log("not hunted without -mutants.run: make mutants")
		return
	}
	for _, m := range All() {
		if !strings.Contains(m.Name, *only) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) { catch(t, m) })
	}
}

// catch builds a mutant and expects its hunter to report the promise broken.
func catch(t *testing.T, m Mutant) {
	overlay, err := m.Overlay(root(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	hunter := strings.Fields(m.Hunter)
	if out, err := command(t, "build", "-overlay", overlay, "./..."); err != nil {
		t.Fatalf("doesn't compile, which catches nothing: %v\n%s", err, out)
	}
	args := append([]string{"test", "-count=1", "-overlay", overlay, hunter[0]}, hunter[1:]...)
	out, err := command(t, args...)
	switch {
	case err == nil:
		t.Error("survived")
	case !strings.Contains(out, m.Checker):
		t.Errorf("caught, but not as %s:\n%.2000s", m.Checker, out)
	default:
		t.Logf("caught: %s", line(out, m.Checker))
	}
}

func command(t *testing.T, args ...string) (string, error) {
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root(t)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// line returns the first line that has a text.
func line(out, text string) string {
	for l := range strings.Lines(out) {
		if strings.Contains(l, text) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}
