package dialect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of what is read.
const (
	maxDepth = 32   // of nested objects and lists, or elements
	maxPairs = 4096 // in one table
)

// jsonReader reads one JSON document from front to back, one value at a time. Its
// first fault ends it: what is read afterwards is nothing, so that faults are looked
// at once, at the end.
//
// Clients differ in the types of their values, so readers of scalars take what a
// scalar can be turned into; null is always as good as nothing.
//
// What names and scalars are read as shares the document's memory: who keeps them for
// long, and not the rest, makes a copy.
type jsonReader struct {
	data  string
	at    int
	depth int
	fault error
	pairs []Pair // room for one table; nil: it is used, or there was none

	lenient bool // see element
	leftOut int
}

// readJSON reads a document of which root reads the one value.
func readJSON(document []byte, root func(*jsonReader)) error {
	return new(jsonReader).read(document, root)
}

func (r *jsonReader) read(document []byte, root func(*jsonReader)) error {
	r.data = strings.TrimPrefix(string(document), "\xef\xbb\xbf")
	if !utf8.ValidString(r.data) {
		r.fail("it isn't UTF-8")
	}
	root(r)
	if r.next() != 0 || r.at < len(r.data) {
		r.fail("more follows the document")
	}
	return r.fault
}

func (r *jsonReader) fail(format string, args ...any) {
	if r.fault == nil {
		r.fault = fmt.Errorf("%w: %s at byte %d", ErrUnparseable, fmt.Sprintf(format, args...), r.at)
	}
	r.at = len(r.data)
}

// next returns the first byte of what comes next, 0 at the end.
func (r *jsonReader) next() byte {
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// take reads c if it comes next.
func (r *jsonReader) take(c byte) bool {
	if r.next() != c || r.at == len(r.data) {
		return false
	}
	r.at++
	return true
}

// literal reads a word if it comes next.
func (r *jsonReader) literal(word string) bool {
	if r.next() == 0 || !strings.HasPrefix(r.data[r.at:], word) {
		return false
	}
	r.at += len(word)
	return true
}

// object reads an object and has member read the value of each name. It is false if
// there is null instead.
func (r *jsonReader) object(member func(name string)) bool {
	if !r.open('{', "an object") {
		return false
	}
	for first := true; !r.take('}'); first = false {
		if !first && !r.take(',') || r.next() != '"' {
			r.fail("an object is broken")
			return true
		}
		name := r.quoted()
		if !r.take(':') {
			r.fail("a colon is missing")
			return true
		}
		member(name)
	}
	r.depth--
	return true
}

// array reads a list and has element read each value. It is false if there is null
// instead.
func (r *jsonReader) array(element func()) bool {
	if !r.open('[', "a list") {
		return false
	}
	for first := true; !r.take(']'); first = false {
		if !first && !r.take(',') || r.next() == 0 {
			r.fail("a list is broken")
			return true
		}
		element()
	}
	r.depth--
	return true
}

// list reads a list, or one value that stands for a list of it alone, as servers
// once wrote it.
func (r *jsonReader) list(element func()) {
	if r.next() == '{' {
		element()
		return
	}
	r.array(element)
}

func (r *jsonReader) open(c byte, what string) bool {
	if r.literal("null") {
		return false
	}
	if !r.take(c) {
		r.fail("%s is missing", what)
		return false
	}
	if r.depth++; r.depth > maxDepth {
		r.fail("it is nested too deeply")
	}
	return true
}

// skip reads any value.
func (r *jsonReader) skip() {
	switch r.next() {
	case '{':
		r.object(func(string) { r.skip() })
	case '[':
		r.array(r.skip)
	default:
		r.scalar()
	}
}

// scalar reads a text, a number, a boolean or null, and returns its text. It is false
// for null.
func (r *jsonReader) scalar() (text string, ok bool) {
	switch c := r.next(); {
	case c == '"':
		return r.quoted(), true
	case c == '-' || '0' <= c && c <= '9':
		return r.numeral(), true
	}
	start := r.at
	switch {
	case r.literal("null"):
		return "", false
	case r.literal("true"), r.literal("false"):
		return r.data[start:r.at], true
	default:
		r.fail("a value is missing or of the wrong type")
		return "", false
	}
}

// text reads a scalar as a text, "" for null.
func (r *jsonReader) text() string {
	text, _ := r.scalar()
	return text
}

// number reads a scalar as an integer. It is false for null and for an empty text.
func (r *jsonReader) number() (int64, bool) {
	text, ok := r.scalar()
	if !ok || len(text) == 0 {
		return 0, false
	}
	n, err := parseNumber(text)
	if err != nil {
		r.fail("%v", err)
	}
	return n, err == nil
}

// small reads a number of 32 bits.
func (r *jsonReader) small() (int32, bool) {
	n, ok := r.number()
	if n != int64(int32(n)) {
		r.fail("a number is out of range")
		return 0, false
	}
	return int32(n), ok
}

// readable reads a number that nothing depends on: one that is none is as good as
// absent.
func (r *jsonReader) readable() (int64, bool) {
	text, ok := r.scalar()
	n, err := parseNumber(text)
	return n, ok && err == nil
}

// flag reads a scalar as a boolean. Everything but a true is false, as in Java. It
// reports whether there was any.
func (r *jsonReader) flag() (set, ok bool) {
	text, ok := r.scalar()
	return parseFlag(text), ok && len(text) > 0
}

// parseNumber reads an integer; of one with a fraction it takes the integral part.
func parseNumber(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(math.Abs(f) < 1<<63) {
		return 0, fmt.Errorf("%.40q is no number", text)
	}
	return int64(f), nil
}

func parseFlag(text string) bool { return strings.EqualFold(strings.TrimSpace(text), "true") }

// numeral reads a number as JSON writes it.
func (r *jsonReader) numeral() string {
	start := r.at
	r.byteOf("-")
	if !r.byteOf("0") && r.digits() == 0 {
		r.fail("a number is broken")
	}
	if r.byteOf(".") && r.digits() == 0 {
		r.fail("a number is broken")
	}
	if r.byteOf("eE") {
		r.byteOf("+-")
		if r.digits() == 0 {
			r.fail("a number is broken")
		}
	}
	return r.data[start:r.at]
}

// byteOf reads one of these bytes if it comes right now.
func (r *jsonReader) byteOf(set string) bool {
	for i := range len(set) { // one or two: that is faster than to search for it
		if r.at < len(r.data) && r.data[r.at] == set[i] {
			r.at++
			return true
		}
	}
	return false
}

func (r *jsonReader) digits() (n int) {
	for ; r.at < len(r.data) && '0' <= r.data[r.at] && r.data[r.at] <= '9'; r.at++ {
		n++
	}
	return n
}
