package docs_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"heureka/bridge"
	read "heureka/read-node/server"
	write "heureka/write-node/server"

	"github.com/alecthomas/kong"
)

var rewrite = flag.Bool("rewrite", false, "write the tables of settings anew")

// TestTheTablesOfSettingsAreTheFlags compares docs/operations.md with the
// settings that the programs take.
func TestTheTablesOfSettingsAreTheFlags(t *testing.T) {
	raw, err := os.ReadFile("operations.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for name, config := range map[string]any{"write-node": &write.Config{}, "read-node": &read.Config{}, "bridge": &bridge.Config{}} {
		begin := "<!-- settings of " + name + " -->\n"
		_, after, found := strings.Cut(text, begin)
		got, _, ended := strings.Cut(after, "<!-- end -->")
		if !found || !ended {
			t.Fatalf("no place for the settings of %s", name)
		}
		want := settings(t, config)
		if got == want {
			continue
		}
		if !*rewrite {
			t.Errorf("%s: the table isn't what the program takes; run with -rewrite", name)
			continue
		}
		text = strings.Replace(text, begin+got, begin+want, 1)
	}
	if *rewrite {
		if err := os.WriteFile("operations.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// settings writes the table of a configuration's flags.
func settings(t *testing.T, config any) string {
	parser, err := kong.New(config, kong.Vars{"hostname": "the host's name"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| flag | environment | default | meaning |\n|---|---|---|---|\n")
	for _, f := range parser.Model.Flags {
		if f.Name == "help" {
			continue
		}
		if f.Help == "" || len(f.Envs) == 0 {
			t.Errorf("--%s has no help or no environment variable", f.Name)
		}
		fallback := f.Default
		if fallback != "" {
			fallback = "`" + fallback + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.Name, strings.Join(f.Envs, "`, `"), fallback, f.Help)
	}
	return b.String()
}
