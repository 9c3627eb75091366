package foreign

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestClientsOfOtherLanguagesBuild(t *testing.T) {
	if *clients == "none" {
		t.Skip("fetches libraries of others: -clients newest")
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	program, err := Module(t.Context(), filepath.Join(root, "internal/eurekatest/clients/fargo"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-h").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	folder := filepath.Join(root, "internal/eurekatest/clients/javascript")
	if err := NPM(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	load := exec.Command("node", "-e", "require('eureka-js-client')")
	load.Dir = folder
	if out, err := load.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestWhatIsNewerThanItsSourcesIsntBuiltAgain(t *testing.T) {
	folder := t.TempDir()
	source, out := filepath.Join(folder, "source"), filepath.Join(folder, "out")
	write := func(name string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	again := func(want bool, why string) {
		t.Helper()
		if err := build(t.Context(), folder, "out", "mkdir", "-p", "out/built"); err != nil {
			t.Fatal(err)
		}
		_, err := os.Stat(filepath.Join(out, "built"))
		if built := err == nil; built != want {
			t.Errorf("%s: built %t", why, built)
		}
		if err := os.RemoveAll(filepath.Join(out, "built")); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	write(source, now.Add(-time.Hour))
	again(true, "nothing is there yet")
	again(false, "nothing has changed")
	write(filepath.Join(out, "other"), now.Add(time.Hour))
	again(false, "only what was built has changed")
	write(source, now.Add(time.Hour))
	again(true, "the source has changed")
}

func TestABuildThatFailsShowsWhy(t *testing.T) {
	err := build(t.Context(), t.TempDir(), "out", "ls", "no-such-file")
	if err == nil || !strings.Contains(err.Error(), "no-such-file") {
		t.Errorf("says %v", err)
	}
}
