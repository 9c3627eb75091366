package fanout

import (
	"bytes"
	"fmt"

	"heureka/wire"
)

// line is a record as it was encoded, format by format: as put, and as remove for
// those whose interests it left.
type line struct {
	record     *record
	put        [wire.Formats][]byte
	remove     [wire.Formats][]byte
	size       int
	prev, next *line // by when they were made
}

// lineBytes is what a line takes beside its bytes.
const lineBytes = 160

// lines keeps records encoded, the newest of them that fit a limit.
type lines struct {
	limit   int
	bytes   int
	encoded uint64 // since the beginning
	first   *line  // the oldest
	last    *line
}

// append appends a record in a format. It is encoded at most once, unless it was
// dropped for the limit, or is there in that form anyway.
func (ls *lines) append(dst []byte, r *record, format wire.Format, departure bool) []byte {
	if kept := r.line.of(departure); kept != nil && kept[format] != nil {
		return append(dst, kept[format]...)
	}
	if format == wire.FormatProto && !departure {
		return r.appendPut(dst, format)
	}
	start := len(dst)
	if departure {
		dst = appendMessage(dst, format, remove(r.key))
	} else {
		dst = r.appendPut(dst, format)
	}
	ls.encoded++
	ls.keep(r, format, departure, dst[start:])
	return dst
}

// of returns the forms of a line; l may be nil.
func (l *line) of(departure bool) *[wire.Formats][]byte {
	switch {
	case l == nil:
		return nil
	case departure:
		return &l.remove
	default:
		return &l.put
	}
}

// keep remembers one form of a record.
func (ls *lines) keep(r *record, format wire.Format, departure bool, encoded []byte) {
	if len(encoded)+lineBytes > ls.limit {
		return
	}
	if r.line == nil {
		r.line = &line{record: r, size: lineBytes, prev: ls.last}
		if ls.last != nil {
			ls.last.next = r.line
		} else {
			ls.first = r.line
		}
		ls.last = r.line
		ls.bytes += lineBytes
	}
	r.line.of(departure)[format] = bytes.Clone(encoded)
	r.line.size += len(encoded)
	ls.bytes += len(encoded)
	for ls.bytes > ls.limit {
		ls.drop(ls.first.record)
	}
}

// drop forgets what is kept of a record.
func (ls *lines) drop(r *record) {
	l := r.line
	if l == nil {
		return
	}
	if l.prev != nil {
		l.prev.next = l.next
	} else {
		ls.first = l.next
	}
	if l.next != nil {
		l.next.prev = l.prev
	} else {
		ls.last = l.prev
	}
	ls.bytes -= l.size
	r.line = nil
}

// clear forgets everything.
func (ls *lines) clear() {
	for ls.first != nil {
		ls.drop(ls.first.record)
	}
}

// appendMessage encodes a message.
func appendMessage(dst []byte, format wire.Format, m wire.Message) []byte {
	return encoded(format.Append(dst, m))
}

// encoded returns what was encoded. Messages are plain data, which always has a
// form, so an error can only be a fault in this program.
func encoded(out []byte, err error) []byte {
	if err != nil {
		panic(fmt.Sprintf("fanout: %v", err))
	}
	return out
}
