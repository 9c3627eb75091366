package dialect

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// xmlReader reads one XML document from front to back, one element at a time. As
// with jsonReader its first fault ends it.
type xmlReader struct {
	decoder *xml.Decoder
	open    string // the element whose inside is read
	depth   int
	fault   error
}

// readXML reads a document of which root reads the inside of the one element, or
// nothing. What follows isn't looked at.
func readXML(document []byte, root func(x *xmlReader, name string)) error {
	x := &xmlReader{decoder: xml.NewDecoder(bytes.NewReader(document))}
	for x.fault == nil {
		if start, ok := x.token().(xml.StartElement); ok {
			x.inside(start, func() { root(x, start.Name.Local) })
			return x.fault
		}
	}
	return x.fault
}

func (x *xmlReader) fail(format string, args ...any) {
	if x.fault == nil {
		x.fault = fmt.Errorf("%w: %s at byte %d", ErrUnparseable, fmt.Sprintf(format, args...), x.decoder.InputOffset())
	}
}

// token returns what comes next, nil at a fault. Elements are told by the names as
// written, prefixes included, so it is here that they are seen to match.
func (x *xmlReader) token() xml.Token {
	if x.fault != nil {
		return nil
	}
	token, err := x.decoder.RawToken()
	if err != nil {
		x.fail("%v", err)
		return nil
	}
	if end, ok := token.(xml.EndElement); ok && fullName(end.Name) != x.open {
		x.fail("an element ends that isn't open")
		return nil
	}
	return token
}

// inside has read take an element up to its end, its start having been read.
func (x *xmlReader) inside(start xml.StartElement, read func()) {
	outer := x.open
	if x.depth++; x.depth > maxDepth {
		x.fail("it is nested too deeply")
	}
	x.open = fullName(start.Name)
	read()
	x.depth--
	x.open = outer
}

// children reads the open element up to its end and has child read each element in
// it, for which it must call children, text or skip once.
func (x *xmlReader) children(child func(start xml.StartElement)) {
	for {
		switch token := x.token().(type) {
		case xml.StartElement:
			x.inside(token, func() { child(token) })
		case xml.EndElement, nil:
			return
		}
	}
}

// text reads the open element up to its end and returns its text, space included.
func (x *xmlReader) text() string {
	var text strings.Builder
	for {
		switch token := x.token().(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			x.fail("an element stands where a text belongs")
			return ""
		case xml.EndElement, nil:
			return text.String()
		}
	}
}

// trimmed reads a text without the space around it.
func (x *xmlReader) trimmed() string { return strings.TrimSpace(x.text()) }

// number reads an integer. It is false for an empty text.
func (x *xmlReader) number() (int64, bool) {
	text := x.trimmed()
	if len(text) == 0 {
		return 0, false
	}
	n, err := parseNumber(text)
	if err != nil {
		x.fail("%v", err)
	}
	return n, err == nil
}

// readable reads a number that nothing depends on: one that is none is as good as
// absent.
func (x *xmlReader) readable() (int64, bool) {
	n, err := parseNumber(x.trimmed())
	return n, err == nil
}

// small reads a number of 32 bits.
func (x *xmlReader) small() (int32, bool) {
	n, ok := x.number()
	if n != int64(int32(n)) {
		x.fail("a number is out of range")
		return 0, false
	}
	return int32(n), ok
}

// skip reads whatever the open element holds.
func (x *xmlReader) skip() { x.children(func(xml.StartElement) { x.skip() }) }

func fullName(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}
