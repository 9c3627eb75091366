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
			if err := s.fetch(p, "profile?seconds="+fmt.Sprint(math.Ceil(seconds)), "cpu"); err != nil {
				fmt.Fprintln(os.Stderr, "no profile:", err)
			}
		})
	}
	return working.Wait
}

// fetch writes a profile of a node into the folder of profiles.
func (s *stage) fetch(p *process, which, kind string) error {
	answer, err := get(s.ctx, "http://"+p.admin+"/debug/pprof/"+which)
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
	name := fmt.Sprintf("%s-%s.%s.pprof", s.Row, strings.ReplaceAll(p.name, " ", "-"), kind)
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

// heap takes a profile of a node's memory, if profiles are asked for.
func (s *stage) heap(p *process) error {
	if s.Profiles == "" || p.admin == "" {
		return nil
	}
	return s.fetch(p, "heap", "heap")
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
