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

// tick is the unit of processor time in /proc: 1/USER_HZ, which Linux fixes for
// all programs at a hundredth of a second.
const tick = 10 * time.Millisecond

// cpu returns the processor time that the process has used.
func (p *process) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("processor time of %s: %w", p.name, err)
	}
	// After the name, which may hold anything, come fields 3 and on; 14 and 15 count.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("processor time of %s: %q", p.name, stat)
	}
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("processor time of %s: %w", p.name, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

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
