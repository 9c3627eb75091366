package main

import (
	"bytes"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"

	"heureka/wire"
)

// word is what kind of message a node said, as far as that matters here.
type word string

const (
	wordPut      word = "put"
	wordRemove   word = "remove"
	wordSnapshot word = "snapshot"
	wordSynced   word = "synced"
	wordAck      word = "ack"
	wordError    word = "error"
	wordGoAway   word = "goaway"
)

// tongue tells the messages of a frame apart without decoding them: the drivers
// share the processor with the nodes that they measure.
type tongue struct {
	format wire.Format
	words  map[protowire.Number]word // of the binary form
}

// newTongue learns the numbers of the binary form from the form itself.
func newTongue(format wire.Format) (*tongue, error) {
	t := &tongue{format: format, words: make(map[protowire.Number]word)}
	if format == wire.FormatJSON {
		return t, nil
	}
	const noHash = "0000000000000000"
	for _, m := range []wire.Message{
		&wire.Put{Hash: noHash}, &wire.Remove{}, &wire.Snapshot{}, &wire.Synced{Check: wire.Check{Digest: noHash}},
		&wire.Ack{}, &wire.Error{}, &wire.GoAway{},
	} {
		encoded, err := format.Append(nil, m)
		if err != nil {
			return nil, err
		}
		_, envelope, _, err := nextField(encoded)
		if err != nil {
			return nil, err
		}
		number, _, _, err := nextField(envelope)
		if err != nil {
			return nil, err
		}
		t.words[number] = word(m.Type())
	}
	return t, nil
}

// errForm is said of a frame that is no row of messages.
var errForm = errors.New("a frame of an unknown form")

// each calls say for the messages of a frame in order.
func (t *tongue) each(frame []byte, say func(w word, message []byte) error) error {
	if t.format == wire.FormatProto {
		return t.eachField(frame, say)
	}
	const head = `{"type":"`
	for len(frame) > 0 {
		line := frame
		if end := bytes.IndexByte(frame, '\n'); end >= 0 {
			line, frame = frame[:end], frame[end+1:]
		} else {
			frame = nil
		}
		if !bytes.HasPrefix(line, []byte(head)) {
			return errForm
		}
		name := line[len(head):]
		end := bytes.IndexByte(name, '"')
		if end < 0 {
			return errForm
		}
		if err := say(word(name[:end]), line); err != nil {
			return err
		}
	}
	return nil
}

// eachField takes a frame of the binary form: a row of envelopes, each with one
// message by its number.
func (t *tongue) eachField(frame []byte, say func(w word, message []byte) error) error {
	for len(frame) > 0 {
		_, envelope, took, err := nextField(frame)
		if err != nil {
			return err
		}
		number, message, _, err := nextField(envelope)
		if err != nil {
			return err
		}
		frame = frame[took:]
		if err := say(t.words[number], message); err != nil {
			return err
		}
	}
	return nil
}

// nextField returns the first field of a row of messages, and how many bytes it
// took.
func nextField(data []byte) (number protowire.Number, message []byte, took int, err error) {
	number, kind, n := protowire.ConsumeTag(data)
	if n < 0 || kind != protowire.BytesType {
		return 0, nil, 0, errForm
	}
	message, m := protowire.ConsumeBytes(data[n:])
	if m < 0 {
		return 0, nil, 0, errForm
	}
	return number, message, n + m, nil
}

// offers lists the subprotocols to offer; nodes prefer the binary one.
func offers() []string { return []string{wire.SubprotocolProto, wire.SubprotocolJSON} }

// decode returns the messages of a frame.
func decode(format wire.Format, frame []byte) ([]wire.Message, error) {
	var messages []wire.Message
	for m, refused := range format.Messages(frame) {
		if refused != nil {
			return nil, refused
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// formatOf returns the format of a subprotocol.
func formatOf(subprotocol string) wire.Format {
	if subprotocol == wire.SubprotocolProto {
		return wire.FormatProto
	}
	return wire.FormatJSON
}

// opcode returns the websocket's opcode for messages of a format.
func opcode(format wire.Format) byte {
	if format == wire.FormatProto {
		return 2
	}
	return 1
}
