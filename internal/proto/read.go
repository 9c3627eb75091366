package proto

import (
	"encoding/binary"
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrMessage is returned for what is no protocol buffer.
var ErrMessage = errors.New("proto: not a message")

// Reader walks the fields of a message:
//
//	for r := proto.Read(message); r.Next(); {
//		switch r.Field { … }
//	}
//
// and then asks for Err. A field of another kind than its reader expects has the
// zero value. Groups, which nobody writes any more, are refused.
type Reader struct {
	Field  Number
	Number uint64 // of a varint or fixed field
	Text   string // of a length-delimited one: shares the message

	rest string
	err  error
}

// Read returns a reader that stands before the first field.
func Read(message string) Reader { return Reader{rest: message} }

// Next goes to the next field; it reports false at the end, or where the message
// can't be read.
func (r *Reader) Next() bool {
	if r.rest == "" || r.err != nil {
		return false
	}
	tag := r.varint()
	field, kind := protowire.DecodeTag(tag)
	r.Field, r.Number, r.Text = field, 0, ""
	if r.err == nil && field < protowire.MinValidNumber {
		r.fail("a field without a number")
	}
	switch kind {
	case protowire.VarintType:
		r.Number = r.varint()
	case protowire.Fixed64Type:
		if b := r.take(8); b != "" {
			r.Number = binary.LittleEndian.Uint64([]byte(b))
		}
	case protowire.Fixed32Type:
		if b := r.take(4); b != "" {
			r.Number = uint64(binary.LittleEndian.Uint32([]byte(b)))
		}
	case protowire.BytesType:
		r.Text = r.take(r.varint())
	default:
		r.fail("a field of an unknown kind")
	}
	return r.err == nil
}

// Flag reports whether the field is a flag that is set.
func (r *Reader) Flag() bool { return r.Number != 0 }

// Err returns why the message couldn't be read, nil if it could. It wraps
// ErrMessage.
func (r *Reader) Err() error { return r.err }

// take returns the next bytes.
func (r *Reader) take(n uint64) string {
	if r.err == nil && n > uint64(len(r.rest)) {
		r.fail("is cut short")
	}
	if r.err != nil {
		return ""
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

// varint reads a number of variable length.
func (r *Reader) varint() (n uint64) {
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		b := r.rest[i]
		if i == binary.MaxVarintLen64-1 && b > 1 {
			break // beyond 64 bits
		}
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.fail("a number is cut short, or too long")
	return 0
}

func (r *Reader) fail(reason string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s, %d bytes before its end", ErrMessage, reason, len(r.rest))
	}
}
