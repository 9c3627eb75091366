package wire

import (
	"bytes"
	"errors"
	"iter"
	"strings"
)

// Format is one of the two forms that messages have on a websocket. Both
// concatenate: several messages in one frame are their bytes in a row.
type Format uint8

// The formats.
const (
	FormatJSON  Format = iota // SubprotocolJSON, in text frames
	FormatProto               // SubprotocolProto, in binary frames
	Formats     int    = iota // how many there are
)

// Subprotocol returns the websocket subprotocol of the format.
func (f Format) Subprotocol() string {
	if f == FormatProto {
		return SubprotocolProto
	}
	return SubprotocolJSON
}

// Negotiate returns the format of the first subprotocol that is spoken here, of
// those offered in the values of a Sec-WebSocket-Protocol header: clients offer
// what they prefer first. Who offers none gets JSON. False: no offer is spoken.
func Negotiate(offers []string) (Format, bool) {
	if len(offers) == 0 {
		return FormatJSON, true
	}
	for offer := range strings.SplitSeq(strings.Join(offers, ","), ",") {
		switch offer = strings.TrimSpace(offer); {
		case strings.EqualFold(offer, SubprotocolJSON):
			return FormatJSON, true
		case strings.EqualFold(offer, SubprotocolProto):
			return FormatProto, true
		}
	}
	return FormatJSON, false
}

// Append appends a message. The error is a fault in this program: messages are
// plain data, which always has a form.
func (f Format) Append(dst []byte, m Message) ([]byte, error) {
	if f == FormatProto {
		return appendProto(dst, m)
	}
	return AppendJSON(dst, m)
}

// Messages yields the messages of a frame in order, or instead of one that can't
// be read the numbered error that answers it: the codes are those of DecodeJSON.
// After CodeMalformed nothing more is yielded. Messages share nothing with the
// frame.
func (f Format) Messages(frame []byte) iter.Seq2[Message, *Error] {
	return func(yield func(Message, *Error) bool) {
		if f == FormatProto {
			protoMessages(frame, yield)
		} else {
			jsonMessages(frame, yield)
		}
	}
}

// jsonMessages yields the messages of lines, empty ones left out.
func jsonMessages(frame []byte, yield func(Message, *Error) bool) {
	for line := range bytes.Lines(frame) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		m, err := DecodeJSON(line)
		var refused *Error
		if err != nil && !errors.As(err, &refused) {
			refused = NewError(CodeMalformed, "%s", err)
		}
		if !yield(m, refused) || refused != nil && refused.Code == CodeMalformed {
			return
		}
	}
}
