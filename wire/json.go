package wire

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// AppendJSON appends the message as one line of JSON, its newline included.
// Lines concatenate: several messages in one frame are their lines in a row.
func AppendJSON(dst []byte, m Message) ([]byte, error) {
	start := len(dst)
	dst = append(dst, `{"type":"`...)
	dst = append(dst, m.Type()...)
	dst = append(dst, '"')
	comma := len(dst)
	out := appender{dst}
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // it is no HTML, and people read URLs in it
	if err := encoder.Encode(m); err != nil {
		return dst[:start], fmt.Errorf("wire: encode %s: %w", m.Type(), err)
	}
	// The encoder has written another object after ours has begun: join the two.
	if string(out.bytes[comma:]) == "{}\n" {
		return append(out.bytes[:comma], "}\n"...), nil
	}
	out.bytes[comma] = ','
	return out.bytes, nil
}

// appender is an io.Writer that appends.
type appender struct{ bytes []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.bytes = append(a.bytes, p...)
	return len(p), nil
}

// DecodeJSON reads one line. The error is an *Error that carries the line's
// "seq", where that could be read: CodeMalformed, CodeUnknownType, or, where only
// what the message holds can't be read, CodeInvalidInstance or
// CodeInvalidInterest, which end nothing but that message.
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
		return nil, NewError(contentCode(m), "%s: %s", head.Type, reason(err)).For(head.Seq)
	}
	switch m := m.(type) {
	case *Update:
		m.Set.Key = m.Key()
	case *Register:
		if m.Instance == nil {
			return nil, NewError(CodeInvalidInstance, "register: the instance is missing").For(head.Seq)
		}
	case *Put:
		if m.Instance == nil {
			return nil, NewError(CodeInvalidInstance, "put: the instance is missing")
		}
	}
	return m, nil
}

// contentCode returns the code for a message whose content can't be read.
func contentCode(m Message) Code {
	switch m.(type) {
	case *Register, *Update, *Put:
		return CodeInvalidInstance
	case *Subscribe:
		return CodeInvalidInterest
	default:
		return CodeMalformed
	}
}

// SeqOf returns the number that a message carries; 0 if it has none.
func SeqOf(m Message) uint64 {
	switch m := m.(type) {
	case *Register:
		return m.Seq
	case *Update:
		return m.Seq
	case *Unregister:
		return m.Seq
	case *Heartbeat:
		return m.Seq
	case *Subscribe:
		return m.Seq
	case *Ack:
		return m.Seq
	case *Error:
		return m.Seq
	case *Snapshot:
		return m.Seq
	case *Resumed:
		return m.Seq
	case *Synced:
		return m.Seq
	default:
		return 0
	}
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
	case "resumed":
		return new(Resumed)
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
func FormatHash(hash uint64) string {
	var bytes [8]byte
	binary.BigEndian.PutUint64(bytes[:], hash)
	return hex.EncodeToString(bytes[:])
}

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
