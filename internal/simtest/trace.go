package simtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// trace is what happened: all of it in one sum, by which two runs are compared,
// and the last of it in words, if anybody wants to read them.
type trace struct {
	limit  int // lines kept
	lines  []string
	next   int // where the next line goes, once there are limit of them
	digest xxhash.Digest
	begun  bool
}

// note remembers something that happened, with numbers that tell it from others
// of its kind.
func (w *world) note(what, who string, numbers ...uint64) {
	w.trace.add(w.now, what, who, numbers)
}

// tell remembers something in words. They don't count for the sum.
func (w *world) tell(who, format string, args ...any) {
	if w.trace.limit > 0 {
		w.trace.write(fmt.Sprintf("%12s %s: %s", w.now, who, fmt.Sprintf(format, args...)))
	}
}

func (t *trace) add(now time.Duration, what, who string, numbers []uint64) {
	if !t.begun {
		t.digest.Reset()
		t.begun = true
	}
	var scratch [8]byte
	number := func(n uint64) {
		for i := range scratch {
			scratch[i] = byte(n >> (8 * i))
		}
		_, _ = t.digest.Write(scratch[:]) // never fails
	}
	number(uint64(now))
	_, _ = t.digest.WriteString(what)
	_, _ = t.digest.WriteString(who)
	for _, n := range numbers {
		number(n)
	}
}

func (t *trace) write(line string) {
	if len(t.lines) < t.limit {
		t.lines = append(t.lines, line)
		return
	}
	t.lines[t.next] = line
	t.next = (t.next + 1) % t.limit
}

// sum is the same for runs in which the same happened.
func (t *trace) sum() uint64 { return t.digest.Sum64() }

// tail returns the last lines, oldest first.
func (t *trace) tail() string {
	if len(t.lines) == 0 {
		return ""
	}
	ordered := append(t.lines[t.next:len(t.lines):len(t.lines)], t.lines[:t.next]...)
	return "\n" + strings.Join(ordered, "\n")
}
