package main

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

// profile takes a CPU profile of each node among the processes, once in a row, if
// profiles are asked for, and returns what waits until they are written.
func (s *stage) profile(processes []*process, seconds float64) (wait func()) {
	var working sync.WaitGroup
	for _, p := range processes {
		if s.Profiles == "" || p.admin == "" || s.profiled[p.name] {
			continue
		}
		s.profiled[p.name] = true
		working.Go(func() {
			if err := s.fetch(p, seconds); err != nil {
				fmt.Fprintln(os.Stderr, "no profile:", err)
			}
		})
	}
	return working.Wait
}

func (s *stage) fetch(p *process, seconds float64) error {
	answer, err := get(s.ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", p.admin, int(math.Ceil(seconds))))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", p.name, answer.Status)
	}
	if err := os.MkdirAll(s.Profiles, 0o755); err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.pprof", s.Row, strings.ReplaceAll(p.name, " ", "-"))
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

// collect has a process free what it doesn't use.
func (s *stage) collect(p *process) error {
	if p.admin == "" {
		return p.call(s.ctx, "collect", struct{}{}, nil)
	}
	answer, err := get(s.ctx, "http://"+p.admin+"/debug/pprof/heap?gc=1")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}
