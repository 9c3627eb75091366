package wire

import (
	"fmt"
	"unique"

	"google.golang.org/protobuf/encoding/protowire"
)

// Both binary forms, the one between nodes and heureka.v1+proto, are protocol
// buffers: a reader skips what it doesn't know, so nodes of two releases
// understand each other. The messages are few and hot, so they are written by
// hand on protowire instead of being generated.

// value is what a field holds: number for the varint and fixed types, bytes for
// the length-delimited one.
type value struct {
	kind   protowire.Type
	number uint64
	bytes  []byte
}

func (v value) text() string { return string(v.bytes) }
func (v value) flag() bool   { return v.number != 0 }

// shared is text for what many messages say and is kept for long: those that come
// soon after each other share its bytes.
func (v value) shared() string { return unique.Make(string(v.bytes)).Value() }

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
