package client

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"heureka/wire"
)

// refusal is a node's answer to a handshake that it doesn't take now.
type refusal struct {
	why   error         // a *wire.Error if the node said one
	after time.Duration // it asks to come back no sooner; 0: it doesn't say
}

func (r *refusal) Error() string {
	if r.after == 0 {
		return r.why.Error()
	}
	return fmt.Sprintf("%v (come back after %v)", r.why, r.after)
}

func (r *refusal) Unwrap() error { return r.why }

// maxRefusal bounds what is read of a node's answer to a handshake.
const maxRefusal = 1 << 10

// refused returns what the answer to a failed handshake says, if there was one and
// it says more than the error.
func refused(answer *http.Response, err error) error {
	if answer != nil && answer.StatusCode == http.StatusNotFound {
		return fmt.Errorf("no such node (write nodes take registrations, read nodes subscriptions): %w", err)
	}
	if answer == nil || answer.StatusCode != http.StatusServiceUnavailable && answer.StatusCode != http.StatusTooManyRequests {
		return err
	}
	out := &refusal{why: err, after: retryAfter(answer.Header)}
	body, readErr := io.ReadAll(io.LimitReader(answer.Body, maxRefusal))
	if readErr != nil {
		return out // the status says enough
	}
	if m, err := wire.DecodeJSON(body); err == nil {
		if said, ok := m.(*wire.Error); ok {
			out.why = said
		}
	}
	return out
}

// retryAfter reads the header of that name, in seconds: nodes, and what stands in
// front of them, write no dates.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.ParseUint(header.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
