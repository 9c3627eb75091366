package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Resident returns the bytes of memory that the process holds and shares with
// none: its code is the same file for several of them.
func (p *Process) Resident() (int64, error) { return p.memory("RssAnon:") }

// ResidentAll returns the bytes of memory that the process holds, its code included.
func (p *Process) ResidentAll() (int64, error) { return p.memory("VmRSS:") }

func (p *Process) memory(field string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		return 0, fmt.Errorf("memory of %s: %w", p.Name, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(status))
	for lines.Scan() {
		if kilobytes, ok := strings.CutPrefix(lines.Text(), field); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(kilobytes, "kB")), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("memory of %s: %w", p.Name, err)
			}
			return n << 10, nil
		}
	}
	return 0, fmt.Errorf("memory of %s: no %s", p.Name, field)
}

// Spent is the processor time of several processes over some time, by name.
type Spent map[string]time.Duration

// Meter begins to measure processes, each of another name; what it returns ends that.
func Meter(processes []*Process) (func() (Spent, error), error) {
	before := make(Spent, len(processes))
	for _, p := range processes {
		used, err := p.CPU()
		if err != nil {
			return nil, err
		}
		before[p.Name] = used
	}
	return func() (Spent, error) {
		after := make(Spent, len(processes))
		for _, p := range processes {
			used, err := p.CPU()
			if err != nil {
				return nil, err
			}
			after[p.Name] = used - before[p.Name]
		}
		return after, nil
	}, nil
}

// Total returns the sum.
func (s Spent) Total() (sum time.Duration) {
	for _, used := range s {
		sum += used
	}
	return sum
}

// Micros returns a duration in microseconds.
func Micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// PID returns the number of the process.
func (p *Process) PID() int { return p.pid }
