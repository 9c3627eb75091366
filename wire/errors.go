package wire

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

// Code numbers what can go wrong between a client and a node. Codes are stable:
// a released one never changes its meaning. docs/protocol.md has the table.
type Code int

// The codes: 1xx the conversation, 2xx registrations, 3xx subscriptions, 5xx
// the node.
const (
	CodeMalformed          Code = 100
	CodeUnknownType        Code = 101
	CodeUnsupportedVersion Code = 102
	CodeHelloExpected      Code = 103
	CodeSecondHello        Code = 104
	CodeTooLarge           Code = 105
	CodeTooSlow            Code = 106
	CodeSilent             Code = 107

	CodeInvalidInstance      Code = 200
	CodeNotRegistered        Code = 201
	CodeSuperseded           Code = 202
	CodeTooManyRegistrations Code = 203
	CodeVersionAhead         Code = 204
	CodeNotFound             Code = 205
	CodeInvalidOrder         Code = 206

	CodeInvalidInterest  Code = 300
	CodeBadPattern       Code = 301
	CodeTooManyInterests Code = 302
	CodeValueTooLong     Code = 303

	CodeInternal   Code = 500
	CodeNotReady   Code = 501
	CodeDraining   Code = 502
	CodeOverloaded Code = 503
)

// Retry tells a client what to do after an error.
type Retry string

// What a client may do after an error.
const (
	RetryNo        Retry = "no"        // the same words will fail again anywhere
	RetryYes       Retry = "yes"       // again, here, after a pause
	RetryElsewhere Retry = "elsewhere" // again, at another node
)

// Kind is a row of the table of errors.
type Kind struct {
	Code   Code
	Name   string // stable, for people and metrics
	Closes bool   // whether the node closes the websocket after saying it
	Retry  Retry
	HTTP   int // status of the same answer over plain HTTP
}

func kind(code Code, name string, closes bool, retry Retry, status int) Kind {
	return Kind{code, name, closes, retry, status}
}

// table lists every code once.
var table = []Kind{
	kind(CodeMalformed, "malformed", true, RetryNo, http.StatusBadRequest),
	kind(CodeUnknownType, "unknown_type", false, RetryNo, http.StatusBadRequest),
	kind(CodeUnsupportedVersion, "unsupported_version", true, RetryNo, http.StatusBadRequest),
	kind(CodeHelloExpected, "hello_expected", true, RetryNo, http.StatusBadRequest),
	kind(CodeSecondHello, "second_hello", true, RetryNo, http.StatusBadRequest),
	kind(CodeTooLarge, "too_large", true, RetryNo, http.StatusRequestEntityTooLarge),
	kind(CodeTooSlow, "too_slow", true, RetryYes, http.StatusRequestTimeout),
	kind(CodeSilent, "silent", true, RetryYes, http.StatusRequestTimeout),

	kind(CodeInvalidInstance, "invalid_instance", false, RetryNo, http.StatusBadRequest),
	kind(CodeNotRegistered, "not_registered", false, RetryNo, http.StatusNotFound),
	kind(CodeSuperseded, "superseded", false, RetryNo, http.StatusConflict),
	kind(CodeTooManyRegistrations, "too_many_registrations", false, RetryNo, http.StatusTooManyRequests),
	kind(CodeVersionAhead, "version_ahead", false, RetryNo, http.StatusBadRequest),
	kind(CodeNotFound, "not_found", false, RetryNo, http.StatusNotFound),
	kind(CodeInvalidOrder, "invalid_order", false, RetryNo, http.StatusBadRequest),

	kind(CodeInvalidInterest, "invalid_interest", false, RetryNo, http.StatusBadRequest),
	kind(CodeBadPattern, "bad_pattern", false, RetryNo, http.StatusBadRequest),
	kind(CodeTooManyInterests, "too_many_interests", false, RetryNo, http.StatusBadRequest),
	kind(CodeValueTooLong, "value_too_long", false, RetryNo, http.StatusBadRequest),

	kind(CodeInternal, "internal", true, RetryElsewhere, http.StatusInternalServerError),
	kind(CodeNotReady, "not_ready", true, RetryElsewhere, http.StatusServiceUnavailable),
	kind(CodeDraining, "draining", true, RetryElsewhere, http.StatusServiceUnavailable),
	kind(CodeOverloaded, "overloaded", true, RetryElsewhere, http.StatusServiceUnavailable),
}

// Kinds returns the table of errors, by rising code.
func Kinds() []Kind {
	out := slices.Clone(table)
	slices.SortFunc(out, func(a, b Kind) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// Kind returns the code's row of the table; of an unknown code, from a newer
// peer, only that another node may know better.
func (c Code) Kind() Kind {
	for _, k := range table {
		if k.Code == c {
			return k
		}
	}
	return Kind{Code: c, Name: "unknown", Closes: false, Retry: RetryElsewhere, HTTP: http.StatusInternalServerError}
}

// CloseCode returns the websocket close code that goes with the error.
func (c Code) CloseCode() int { return 4000 + int(c) }

// CodeOfClose returns the error code behind a websocket close code, if any.
func CodeOfClose(closeCode int) (Code, bool) {
	if closeCode < 4100 || closeCode > 4999 {
		return 0, false
	}
	return Code(closeCode - 4000), true
}

// Error is the answer to a message that can't be obeyed, on the websocket and,
// with the same fields, as the body of a plain HTTP answer.
type Error struct {
	Seq     uint64 `json:"seq,omitempty"` // of the message it answers, if that had one
	Code    Code   `json:"code"`
	Name    string `json:"name"`
	Message string `json:"message"`
	Retry   Retry  `json:"retry"`
}

// NewError returns the error with that code and a message for people.
func NewError(code Code, format string, args ...any) *Error {
	k := code.Kind()
	return &Error{Code: code, Name: k.Name, Retry: k.Retry, Message: fmt.Sprintf(format, args...)}
}

// Error gives code, name and message.
func (e *Error) Error() string { return fmt.Sprintf("%s (%d): %s", e.Name, e.Code, e.Message) }

// For returns a copy of the error that answers the message with that number.
func (e *Error) For(seq uint64) *Error {
	out := *e
	out.Seq = seq
	return &out
}
