package wire

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"heureka/internal/proto"
	"heureka/model"

	"google.golang.org/protobuf/encoding/protowire"
)

// The form heureka.v1+proto, as docs/heureka.proto has it. A frame is a protocol
// buffer with one field that repeats, so that frames concatenate: an envelope that
// holds one message, by its number. Without the envelope, with a field for each
// kind of message, code that was generated from the schema would lose the order.

// numberEnvelope is the field of a frame.
const numberEnvelope protowire.Number = 1

// appendProto appends a message in its envelope. The error says that what the
// message holds has no binary form: a hash that is none.
func appendProto(dst []byte, m Message) ([]byte, error) {
	number := protoNumber(m)
	if number == 0 {
		return dst, fmt.Errorf("wire: encode %s: it has no binary form", m.Type())
	}
	out, envelope := proto.Open(dst, numberEnvelope)
	out, content := proto.Open(out, number)
	c := coder{out: out}
	c.fields(m)
	if c.err != nil {
		return dst, fmt.Errorf("wire: encode %s: %w", m.Type(), c.err)
	}
	return proto.Close(proto.Close(c.out, content), envelope), nil
}

// valid returns the text as others can read it.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}

// protoMessages yields the messages of a frame. What else a newer peer puts into
// one is skipped.
func protoMessages(frame []byte, yield func(Message, *Error) bool) {
	for len(frame) > 0 {
		field, v, n, err := nextField(frame)
		if err != nil {
			yield(nil, NewError(CodeMalformed, "not a frame: %s", err))
			return
		}
		frame = frame[n:]
		if field != numberEnvelope || v.kind != protowire.BytesType {
			continue
		}
		m, refused := openEnvelope(v.bytes)
		if !yield(m, refused) || refused != nil && refused.Code == CodeMalformed {
			return
		}
	}
}

// openEnvelope reads the message in an envelope: the last one that is known, as
// protocol buffers have it.
func openEnvelope(envelope []byte) (Message, *Error) {
	var number protowire.Number
	var content []byte
	for len(envelope) > 0 {
		field, v, n, err := nextField(envelope)
		if err != nil {
			return nil, NewError(CodeMalformed, "not a message: %s", err)
		}
		envelope = envelope[n:]
		if v.kind == protowire.BytesType && (field <= lastNumber || number == 0) {
			number, content = field, v.bytes
		}
	}
	return decodeProto(number, content)
}

// decodeProto reads one message. It refuses what DecodeJSON does, with the same
// codes.
func decodeProto(number protowire.Number, message []byte) (Message, *Error) {
	m := newProtoMessage(number)
	if m == nil {
		return nil, NewError(CodeUnknownType, "no message has the number %d", number).For(seqIn(message))
	}
	c := coder{reads: true}
	if number == numberUpdate {
		c.set = new(patchReader)
	}
	for rest := message; c.next(&rest); {
		c.fields(m)
	}
	if c.broken != nil {
		return nil, NewError(CodeMalformed, "%s: %s", m.Type(), c.broken).For(seqIn(message))
	}
	if err := c.finish(m); err != nil {
		return nil, NewError(contentCode(m), "%s: %s", m.Type(), err).For(seqIn(message))
	}
	return m, nil
}

// errNoInstance: a register or a put is about nothing.
var errNoInstance = errors.New("the instance is missing")

// finish completes a message of which all fields have come, and returns what is
// wrong with it.
func (c *coder) finish(m Message) error {
	if c.err != nil {
		return c.err
	}
	var err error
	switch m := m.(type) {
	case *Put:
		if m.Instance == nil {
			err = errNoInstance
		}
	case *Register:
		if m.Instance == nil {
			err = errNoInstance
		}
	case *Update:
		m.Set, err = c.set.patch(model.NewKey(m.App, m.ID))
	}
	return err
}

// seqIn returns the number that a message carries which can't be read otherwise;
// 0 if there is none.
func seqIn(message []byte) (seq uint64) {
	// What comes before an error counts, as it does where there is none.
	_ = readFields(message, func(field protowire.Number, v value) error {
		if field == numberSeq && v.kind == protowire.VarintType {
			seq = v.number
		}
		return nil
	})
	return seq
}
