package wire

import (
	"errors"
	"fmt"

	"heureka/model"
	"heureka/registry"

	"google.golang.org/protobuf/encoding/protowire"
)

// What a node keeps on disk, as protocol buffers would have it. Each is by itself:
// it carries the incarnations that it refers to, as a message between nodes does.
//
//	message StoredEntry { repeated Incarnation incarnations = 1; Entry entry = 2; }
//	message StoredVector { repeated Incarnation incarnations = 1; repeated Seq vector = 2; }

// ErrStored is returned for bytes that are no entry or vector by itself.
var ErrStored = errors.New("wire: not what a node stores")

// AppendEntry appends an entry by itself.
func AppendEntry(b []byte, x *registry.Entry) []byte { return new(Encoder).AppendEntry(b, x) }

// AppendEntry appends an entry by itself.
func (e *Encoder) AppendEntry(b []byte, x *registry.Entry) []byte {
	e.forget()
	e.content = e.entry(e.content[:0], 2, x)
	b = append(e.incarnations(b), e.content...)
	e.release()
	return b
}

// DecodeEntry reads what AppendEntry wrote. The entry shares nothing with the
// bytes. The error wraps ErrStored.
func DecodeEntry(message []byte) (*registry.Entry, error) {
	var d packetDecoder
	var out *registry.Entry
	err := readFields(message, func(field protowire.Number, v value) (err error) {
		switch field {
		case 1:
			return d.incarnation(v.bytes)
		case 2:
			out, err = d.entry(v.bytes)
		}
		return err
	})
	if err == nil && out == nil {
		err = errors.New("no entry")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStored, err)
	}
	return out, nil
}

// AppendVector appends a vector by itself.
func AppendVector(b []byte, v model.Vector) []byte { return new(Encoder).AppendVector(b, v) }

// AppendVector appends a vector by itself.
func (e *Encoder) AppendVector(b []byte, v model.Vector) []byte {
	e.forget()
	e.content = e.vector(e.content[:0], 2, v)
	b = append(e.incarnations(b), e.content...)
	e.release()
	return b
}

// DecodeVector reads what AppendVector wrote. The error wraps ErrStored.
func DecodeVector(message []byte) (model.Vector, error) {
	var d packetDecoder
	out := make(model.Vector)
	err := readFields(message, func(field protowire.Number, v value) error {
		switch field {
		case 1:
			return d.incarnation(v.bytes)
		case 2:
			return d.seq(out, v.bytes)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStored, err)
	}
	return out, nil
}
