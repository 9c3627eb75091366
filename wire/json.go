package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// AppendJSON appends the message as one line of JSON, its newline included.
// Lines concatenate: several messages in one frame are their lines in a row.
func AppendJSON(dst []byte, m Message) ([]byte, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return dst, fmt.Errorf("wire: encode %s: %w", m.Type(), err)
	}
	dst = append(dst, `{"type":"`...)
	dst = append(dst, m.Type()...)
	dst = append(dst, '"')
	if len(body) > 2 { // not "{}"
		dst = append(dst, ',')
	}
	dst = append(dst, body[1:]...)
	return append(dst, '\n'), nil
}

// DecodeJSON reads one line. The error is an *Error with CodeMalformed or
// CodeUnknownType that carries the line's "seq", where that could be read.
// Unknown fields are ignored: a newer peer may have more to say.
func DecodeJSON(line []byte) (Message, error) {
	var head struct {
		Type string `json:"type"`
		Seq  uint64 `json:"seq"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, NewError(CodeMalformed, "not a message: %s", reason(err))
	}
	m := newMessage(head.Type)
	if m == nil {
		return nil, NewError(CodeUnknownType, "no message has the type %.40q", head.Type).For(head.Seq)
	}
	if err := json.Unmarshal(line, m); err != nil {
		return nil, NewError(CodeMalformed, "%s: %s", head.Type, reason(err)).For(head.Seq)
	}
	if u, ok := m.(*Update); ok {
		u.Set.Key = u.Key()
	}
	return m, nil
}

func newMessage(name string) Message {
	switch name {
	case "hello":
		return new(Hello)
	case "welcome":
		return new(Welcome)
	case "register":
		return new(Register)
	case "update":
		return new(Update)
	case "unregister":
		return new(Unregister)
	case "heartbeat":
		return new(Heartbeat)
	case "ack":
		return new(Ack)
	case "again":
		return new(Again)
	case "goaway":
		return new(GoAway)
	case "error":
		return new(Error)
	case "subscribe":
		return new(Subscribe)
	case "snapshot":
		return new(Snapshot)
	case "put":
		return new(Put)
	case "remove":
		return new(Remove)
	case "synced":
		return new(Synced)
	default:
		return nil
	}
}

// reason says what is wrong with a piece of JSON without Go's type names.
func reason(err error) string {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("not JSON at byte %d", syntax.Offset)
	case errors.As(err, &typed):
		if typed.Field == "" {
			return fmt.Sprintf("a JSON %s where an object belongs", typed.Value)
		}
		return fmt.Sprintf("field %q can't be a JSON %s", typed.Field, typed.Value)
	default:
		return err.Error()
	}
}

// FormatHash writes a content hash or digest as 16 hexadecimal digits.
func FormatHash(hash uint64) string { return fmt.Sprintf("%016x", hash) }

// ParseHash reads what FormatHash wrote.
func ParseHash(text string) (uint64, error) {
	if len(text) != 16 {
		return 0, fmt.Errorf("wire: hash %.40q isn't 16 hexadecimal digits", text)
	}
	hash, err := strconv.ParseUint(text, 16, 64)
	if err != nil {
		return 0, fmt.Errorf("wire: hash %.40q isn't 16 hexadecimal digits", text)
	}
	return hash, nil
}
