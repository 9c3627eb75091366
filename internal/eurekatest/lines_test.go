package eurekatest

import (
	"bytes"
	"strings"
	"sync"
)

// Bounds of what is kept of a program's output.
const (
	maxSaid    = 16 << 10 // bytes of its log, from the end
	maxAnswers = 16       // that nobody has taken
)

// lines takes a program's output: answers to whom they are for, and the rest as its
// log. It may be used from any goroutine.
type lines struct {
	answers chan string // gets what follows @@; nil: there are none

	mu   sync.Mutex // guards all below
	log  []byte
	rest []byte // of a line that isn't whole yet
}

// Write takes some more of the output.
func (l *lines) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, data...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			if len(line) > maxSaid {
				l.rest = nil
			}
			return len(data), nil
		}
		l.line(string(line))
		l.rest = rest
	}
}

func (l *lines) line(line string) {
	if answer, ok := strings.CutPrefix(strings.TrimSpace(line), "@@ "); ok && l.answers != nil {
		select {
		case l.answers <- answer:
		default: // of whom nobody asked anything: the log shows it
		}
	}
	l.log = append(append(l.log, line...), '\n')
	l.log = l.log[max(0, len(l.log)-maxSaid):]
}

// String returns the end of the log.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.log)
}
