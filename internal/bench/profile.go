package bench

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Profile takes a CPU profile of each node among the processes, once in a row, if
// profiles are asked for, and returns what waits until they are written.
func (s *Stage) Profile(processes []*Process, seconds float64) (wait func()) {
	var working sync.WaitGroup
	for _, p := range processes {
		if s.Profiles == "" || p.Admin == "" || s.profiled[s.Part+p.Name] {
			continue
		}
		s.profiled[s.Part+p.Name] = true
		working.Go(func() {
			if err := s.fetch(p, "profile?seconds="+fmt.Sprint(math.Ceil(seconds)), "cpu"); err != nil {
				fmt.Fprintln(os.Stderr, "no profile:", err)
			}
		})
	}
	return working.Wait
}

// fetch writes a profile of a node into the folder of profiles.
func (s *Stage) fetch(p *Process, which, kind string) error {
	answer, err := Get(s.Context, "http://"+p.Admin+"/debug/pprof/"+which)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", p.Name, answer.Status)
	}
	if err := os.MkdirAll(s.Profiles, 0o755); err != nil {
		return err
	}
	words := []string{s.Row, p.Name}
	if s.Part != "" {
		words = append(words, s.Part)
	}
	name := strings.NewReplacer(" ", "-", ",", "", "/", "-").Replace(strings.Join(words, " ")) + "." + kind + ".pprof"
	file, err := os.Create(filepath.Join(s.Profiles, name))
	if err != nil {
		return err
	}
	_, err = io.Copy(file, answer.Body)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// Heap takes a profile of a node's memory, if profiles are asked for.
func (s *Stage) Heap(p *Process) error {
	if s.Profiles == "" || p.Admin == "" {
		return nil
	}
	return s.fetch(p, "heap", "heap")
}

// Collect has a process free what it doesn't use.
func (s *Stage) Collect(p *Process) error {
	if p.Admin == "" {
		return p.Call(s.Context, "collect", struct{}{}, nil)
	}
	answer, err := Get(s.Context, "http://"+p.Admin+"/debug/pprof/heap?gc=1")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// ProfileAgain lets processes be profiled that have been in this row.
func (s *Stage) ProfileAgain() { clear(s.profiled) }
