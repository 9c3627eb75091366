package dialect

import (
	"strconv"
	"unicode/utf8"
)

// quoted reads a text whose quotation mark comes next. What it returns lies in the
// document if nothing in it is escaped.
func (r *jsonReader) quoted() string {
	r.at++
	start := r.at
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return r.data[start : r.at-1]
		case c == '\\':
			return string(r.escaped(start))
		case c < ' ':
			r.fail("a text has a control character")
		}
	}
	r.fail("a text has no end")
	return ""
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
