package wire

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Both binary forms, the one between nodes and heureka.v1+proto, are protocol
// buffers: a reader skips what it doesn't know, so nodes of two releases
// understand each other. The messages are few and hot, so they are written by
// hand on protowire instead of being generated.

func appendText(b []byte, field protowire.Number, text string) []byte {
	if text == "" {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendString(b, text)
}

func appendBytes(b []byte, field protowire.Number, bytes []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, bytes)
}

func appendNumber(b []byte, field protowire.Number, n uint64) []byte {
	if n == 0 {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.VarintType)
	return protowire.AppendVarint(b, n)
}

func appendFixed(b []byte, field protowire.Number, n uint64) []byte {
	if n == 0 {
		return b
	}
	b = protowire.AppendTag(b, field, protowire.Fixed64Type)
	return protowire.AppendFixed64(b, n)
}

func appendFlag(b []byte, field protowire.Number, set bool) []byte {
	if !set {
		return b
	}
	return appendNumber(b, field, 1)
}

// appendMessage appends a nested message that write appends to what it is given.
func appendMessage(b []byte, field protowire.Number, write func([]byte) []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	// The length comes first but is known last: leave one byte, which is enough
	// for most, and make room if it isn't.
	at := len(b)
	b = append(b, 0)
	b = write(b)
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

// value is what a field holds: number for the varint and fixed types, bytes for
// the length-delimited one.
type value struct {
	kind   protowire.Type
	number uint64
	bytes  []byte
}

func (v value) text() string { return string(v.bytes) }
func (v value) flag() bool   { return v.number != 0 }

// readFields calls each with every field of a message, in order. Bytes alias the
// message.
func readFields(message []byte, each func(field protowire.Number, v value) error) error {
	for len(message) > 0 {
		field, v, n, err := nextField(message)
		if err != nil {
			return err
		}
		message = message[n:]
		if field == 0 {
			continue
		}
		if err := each(field, v); err != nil {
			return err
		}
	}
	return nil
}

// nextField returns the first field of a message and how many bytes it takes; 0
// for a field of a wire type that is nothing of ours.
func nextField(message []byte) (field protowire.Number, v value, size int, err error) {
	field, kind, n := protowire.ConsumeTag(message)
	if n < 0 {
		return 0, v, 0, fmt.Errorf("wire: tag: %w", protowire.ParseError(n))
	}
	size, message, v.kind = n, message[n:], kind
	known := field
	switch kind {
	case protowire.VarintType:
		v.number, n = protowire.ConsumeVarint(message)
	case protowire.Fixed64Type:
		v.number, n = protowire.ConsumeFixed64(message)
	case protowire.BytesType:
		v.bytes, n = protowire.ConsumeBytes(message)
	default:
		n = protowire.ConsumeFieldValue(field, kind, message)
		known = 0
	}
	if n < 0 {
		return 0, v, 0, fmt.Errorf("wire: field %d: %w", field, protowire.ParseError(n))
	}
	return known, v, size + n, nil
}
