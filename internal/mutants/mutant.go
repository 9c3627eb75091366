package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Mutant is one line of the code, broken.
type Mutant struct {
	Name     string // what the broken code does, in words
	File     string // below the module
	From, To string // From occurs once in File
	Checker  string // what its hunter must report: a promise that is broken, or a test that fails
	Hunter   string // the test that catches it: a package, and what follows -args
}

// The hunters of most.
const (
	simulation = "./internal/simtest -run TestSimulation -args -sim.first -sim.runs=400"
	owners     = "./write-node/owner"
)

// Overlay writes the mutant's file and the overlay that puts it in the place of
// the true one into a folder, for the go command. Root is the module's folder.
func (m Mutant) Overlay(root, folder string) (string, error) {
	file := filepath.Join(root, filepath.FromSlash(m.File))
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), m.From); n != 1 || m.From == m.To {
		return "", fmt.Errorf("%q occurs %d times in %s", m.From, n, m.File)
	}
	broken := filepath.Join(folder, filepath.Base(m.File))
	if err := os.WriteFile(broken, []byte(strings.Replace(string(text), m.From, m.To, 1)), 0o600); err != nil {
		return "", err
	}
	content, err := json.Marshal(map[string]any{"Replace": map[string]string{file: broken}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, content, 0o600)
}
