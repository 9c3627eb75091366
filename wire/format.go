package wire

import "fmt"

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

// Append appends a message. The error is a fault in this program: messages are
// plain data, which always has a form.
func (f Format) Append(dst []byte, m Message) ([]byte, error) {
	if f == FormatJSON {
		return AppendJSON(dst, m)
	}
	return dst, fmt.Errorf("wire: encode %s: no such format", m.Type())
}
