package fanout

import (
	"bytes"
	"fmt"

	"heureka/wire"
)

// line is a record as the JSON message that it is there. Nothing else is worth keeping:
// in the binary form an instance is only copied, and that it left is a short message,
// made in less time than it takes to keep it.
type line struct {
	record     *record
	put        []byte
	prev, next *line // by when they were made
}

// lineBytes is what a line takes beside its bytes.
const lineBytes = 64

// lines keeps records encoded, the newest of them that fit a limit.
type lines struct {
	limit   int
	bytes   int
	encoded uint64 // since the beginning
	first   *line  // the oldest
	last    *line
}

// append appends what a record says in a format, to those whom it has left or to
// others. It is put into JSON at most once, unless it was dropped for the limit.
func (ls *lines) append(dst []byte, r *record, format wire.Format, departure bool) []byte {
	switch {
	case departure:
		return appendMessage(dst, format, remove(r.key))
	case format == wire.FormatProto:
		return r.appendPut(dst, format)
	case r.line != nil:
		return append(dst, r.line.put...)
	}
	start := len(dst)
	dst = r.appendPut(dst, format)
	ls.encoded++
	ls.keep(r, dst[start:])
	return dst
}

// keep remembers a record's message.
func (ls *lines) keep(r *record, put []byte) {
	size := lineBytes + len(put)
	if size > ls.limit {
		return
	}
	for ls.bytes+size > ls.limit {
		ls.drop(ls.first.record)
	}
	r.line = &line{record: r, put: bytes.Clone(put), prev: ls.last}
	if ls.last != nil {
		ls.last.next = r.line
	} else {
		ls.first = r.line
	}
	ls.last = r.line
	ls.bytes += size
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
	ls.bytes -= lineBytes + len(l.put)
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
