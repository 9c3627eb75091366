package proto

import "google.golang.org/protobuf/encoding/protowire"

// Number is the number of a field.
type Number = protowire.Number

// AppendText appends a text, or nothing if it is empty.
func AppendText(b []byte, field Number, text string) []byte {
	if text == "" {
		return b
	}
	return AppendElement(b, field, text)
}

// AppendElement appends a text of a repeated field, where an empty one counts.
func AppendElement(b []byte, field Number, text string) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendString(b, text)
}

// AppendBytes appends bytes, also if there are none.
func AppendBytes(b []byte, field Number, bytes []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, bytes)
}

// AppendNumber appends a number that is mostly small, or nothing if it is 0.
func AppendNumber(b []byte, field Number, n uint64) []byte {
	if n == 0 {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.VarintType)
	return protowire.AppendVarint(b, n)
}

// AppendFixed appends a number that is mostly large, or nothing if it is 0.
func AppendFixed(b []byte, field Number, n uint64) []byte {
	if n == 0 {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.Fixed64Type)
	return protowire.AppendFixed64(b, n)
}

// AppendFlag appends a flag, or nothing if it isn't set.
func AppendFlag(b []byte, field Number, set bool) []byte {
	if !set {
		return b
	}
	return AppendNumber(b, field, 1)
}

// AppendMessage appends a nested message that write appends to what it is given.
func AppendMessage(b []byte, field Number, write func([]byte) []byte) []byte {
	b, at := Open(b, field)
	return Close(write(b), at)
}

// Open begins a nested message: what is appended until Close, which wants to know
// at, is in it. It allocates nothing, where a function for AppendMessage might.
func Open(b []byte, field Number) (_ []byte, at int) {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	// The length comes first but is known last: leave one byte, which is enough
	// for most, and Close makes room if it isn't.
	return append(b, 0), len(b)
}

// Close ends a nested message.
func Close(b []byte, at int) []byte {
	size := len(b) - at - 1
	if extra := protowire.SizeVarint(uint64(size)) - 1; extra > 0 {
		for range extra {
			b = append(b, 0)
		}
		copy(b[at+1+extra:], b[at+1:at+1+size])
	}
	protowire.AppendVarint(b[:at], uint64(size))
	return b
}
