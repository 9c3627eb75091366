package main

import (
	"bytes"
	"fmt"
)

// mark is what each record carries in its metadata: which instance it is, which
// change said it, and when that was sent. It has the same form and length in
// every format, so that a reader finds it in the bytes without decoding them.
type mark struct {
	instance int
	change   int   // 1, 2, 3… over all instances; 0 for the registration
	sent     int64 // Unix time in nanoseconds: all processes are on one machine
}

const (
	markSign   = "@@"
	markFormat = markSign + "%07d.%09d.%019d"
	markSize   = len(markSign) + 7 + 1 + 9 + 1 + 19
)

func (m mark) String() string { return fmt.Sprintf(markFormat, m.instance, m.change, m.sent) }

// stamp writes change and time into a record that has a mark at that place.
func (m mark) stamp(record []byte, at int) {
	at += len(markSign) + 7 + 1
	putDigits(record[at:at+9], uint64(m.change))
	putDigits(record[at+10:at+10+19], uint64(m.sent))
}

// findMark returns the first mark and what follows it. The sign alone is none: among
// the hashes of binary forms there is one now and then.
func findMark(data []byte) (m mark, rest []byte, found bool) {
	for {
		at := bytes.Index(data, []byte(markSign))
		if at < 0 || len(data) < at+markSize {
			return mark{}, nil, false
		}
		digits := data[at+len(markSign) : at+markSize]
		if !isMark(digits) {
			data = data[at+1:]
			continue
		}
		m.instance = int(readDigits(digits[:7]))
		m.change = int(readDigits(digits[8:17]))
		m.sent = int64(readDigits(digits[18:]))
		return m, data[at+markSize:], true
	}
}

// isMark reports whether what follows a sign is the rest of a mark.
func isMark(digits []byte) bool {
	for i, c := range digits {
		if dot := i == 7 || i == 17; dot != (c == '.') || !dot && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func putDigits(dst []byte, n uint64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
}

func readDigits(src []byte) (n uint64) {
	for _, c := range src {
		n = 10*n + uint64(c-'0')
	}
	return n
}
