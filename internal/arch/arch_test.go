package arch

import (
	"os"
	"testing"
)

// TestModule holds the module to its plan.
func TestModule(t *testing.T) {
	packages, err := Load(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 3 {
		t.Fatalf("found only %d packages: is the root right?", len(packages))
	}
	plan := Heureka()
	for _, f := range append(Check(packages, plan), Missing(packages, plan)...) {
		t.Error(f)
	}
}
