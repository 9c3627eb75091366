package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// resident returns the bytes of memory that the process holds and shares with
// none: its code is the same file for several of them.
func (p *process) resident() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("memory of %s: %w", p.name, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(status))
	for lines.Scan() {
		if kilobytes, ok := strings.CutPrefix(lines.Text(), "RssAnon:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(kilobytes, "kB")), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("memory of %s: %w", p.name, err)
			}
			return n << 10, nil
		}
	}
	return 0, fmt.Errorf("memory of %s: no RssAnon", p.name)
}

// spent is the processor time of several processes over some time, by name.
type spent map[string]time.Duration

// meter begins to measure processes; what it returns ends that.
func meter(processes []*process) (func() (spent, error), error) {
	before := make(spent, len(processes))
	for _, p := range processes {
		used, err := p.cpu()
		if err != nil {
			return nil, err
		}
		before[p.name] = used
	}
	return func() (spent, error) {
		after := make(spent, len(processes))
		for _, p := range processes {
			used, err := p.cpu()
			if err != nil {
				return nil, err
			}
			after[p.name] = used - before[p.name]
		}
		return after, nil
	}, nil
}

// total returns the sum.
func (s spent) total() (sum time.Duration) {
	for _, used := range s {
		sum += used
	}
	return sum
}
