package dialect

import (
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// quoted reads a text whose quotation mark comes next. What it returns lies in the
// document if nothing in it is escaped.
func (r *jsonReader) quoted() string {
	r.at++
	start := r.at
	r.at += plain(r.data[start:])
	switch {
	case r.at == len(r.data):
		r.fail("a text has no end")
		return ""
	case r.data[r.at] == '"':
		r.at++
		return r.data[start : r.at-1]
	case r.data[r.at] == '\\':
		return string(r.escaped(start))
	default:
		r.fail("a text has a control character")
		return ""
	}
}

// plain returns how many bytes come before the first that means something in a text:
// a quotation mark, a backslash, a control character. It looks at eight at a time; in
// each mask the lowest bit that is set tells the truth, those above it need not.
func plain(s string) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		b := s[n : n+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		quote, slash := w^ones*'"', w^ones*'\\'
		found := ((w-ones*' ')&^w | (quote-ones)&^quote | (slash-ones)&^slash) & tops
		if found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(s); n++ {
		if c := s[n]; c == '"' || c == '\\' || c < ' ' {
			return n
		}
	}
	return n
}

// escaped reads the rest of a text that began at start and has an escape next.
func (r *jsonReader) escaped(start int) []byte {
	text := append(make([]byte, 0, r.at-start+32), r.data[start:r.at]...)
	for r.at < len(r.data) {
		c := r.data[r.at]
		r.at++
		switch {
		case c == '"':
			return text
		case c == '\\':
			text = r.escape(text)
		case c < ' ':
			r.fail("a text has a control character")
		default:
			text = append(text, c)
		}
	}
	r.fail("a text has no end")
	return nil
}

// escape appends what the escape means of which the backslash has been read.
func (r *jsonReader) escape(text []byte) []byte {
	if r.at == len(r.data) {
		return text
	}
	c := r.data[r.at]
	r.at++
	switch c {
	case '"', '\\', '/':
		return append(text, c)
	case 'b':
		return append(text, '\b')
	case 'f':
		return append(text, '\f')
	case 'n':
		return append(text, '\n')
	case 'r':
		return append(text, '\r')
	case 't':
		return append(text, '\t')
	case 'u':
		return utf8.AppendRune(text, r.unit())
	default:
		r.fail("a text has an escape that there isn't")
		return text
	}
}

// unit reads the four digits of an escaped character and, where it is half of a
// pair, the other half. Half a pair by itself stands for no character.
func (r *jsonReader) unit() rune {
	high := r.hex()
	if high < 0xd800 || high > 0xdbff {
		return high // lower halves, too: utf8 replaces them
	}
	before := r.at
	if r.byteOf(`\`) && r.byteOf("u") {
		if low := r.hex(); 0xdc00 <= low && low <= 0xdfff {
			return 0x10000 + (high-0xd800)<<10 + (low - 0xdc00)
		}
		if r.fault == nil {
			r.at = before
		}
	} else if r.fault == nil {
		r.at = before
	}
	return utf8.RuneError
}

func (r *jsonReader) hex() rune {
	if len(r.data)-r.at < 4 {
		r.fail("a text has half an escape")
		return 0
	}
	n, err := strconv.ParseUint(r.data[r.at:r.at+4], 16, 16)
	if err != nil {
		r.fail("a text has an escape that there isn't")
		return 0
	}
	r.at += 4
	return rune(n)
}
