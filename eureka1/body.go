package eureka1

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"heureka/eureka1/dialect"
	"heureka/internal/kept"
)

// errTooLarge says that a body, unpacked, is longer than it may be.
var errTooLarge = errors.New("the body is too large")

// readBody reads a body of at most so many bytes, as it was sent and unpacked. Whoever
// is slow about it is given up: it holds a place that others may want.
func (q *request) readBody(most int) (raw, unpacked []byte, err error) {
	control := http.NewResponseController(q.w)
	_ = control.SetReadDeadline(time.Now().Add(q.config.Timeout)) // where there is none to set, the server's own stands
	raw, err = q.raw(most)
	if err != nil {
		return nil, nil, err // under the deadline, or the server would wait for the rest of it
	}
	_ = control.SetReadDeadline(time.Time{}) // likewise; or it would end the request later
	if !strings.EqualFold(q.r.Header.Get("Content-Encoding"), "gzip") {
		return raw, raw, nil
	}
	unzip, err := gzip.NewReader(strings.NewReader(string(raw)))
	if err != nil {
		return nil, nil, err
	}
	unpacked, err = limited(unzip, most)
	return raw, unpacked, err
}

// raw reads the body as it was sent; where its length is known, into what takes it.
func (q *request) raw(most int) ([]byte, error) {
	if length := q.r.ContentLength; length > int64(most) {
		return nil, errTooLarge
	} else if length >= 0 {
		raw := q.room(int(length))
		if q.writer != nil { // it is done here and soon, whether the client waits for it or not
			kept.DontLook(q.r)
		}
		_, err := io.ReadFull(q.r.Body, raw)
		return raw, err
	}
	return limited(http.MaxBytesReader(q.w, q.r.Body, int64(most)), most)
}

// bodyRoom is up to what length a body is read into memory that is used again.
const bodyRoom = 4 << 10

// room returns room for a body. What is passed on to another node may be read even when
// that has answered: it has memory of its own.
func (q *request) room(length int) []byte {
	if length > bodyRoom || q.writer == nil {
		return make([]byte, length)
	}
	if lent, ok := q.bodies.Get().(*[bodyRoom]byte); ok {
		q.lent = lent
	} else {
		q.lent = new([bodyRoom]byte)
	}
	return q.lent[:length]
}

// roomToRead returns where a registration of a body of that length is read. The room
// of a long one isn't used again.
func (q *request) roomToRead(length int) *dialect.Room {
	if length > bodyRoom {
		return new(dialect.Room)
	}
	room, ok := q.rooms.Get().(*dialect.Room)
	if !ok {
		room = new(dialect.Room)
	}
	q.decoding = room
	return room
}

func limited(from io.Reader, most int) ([]byte, error) {
	all, err := io.ReadAll(io.LimitReader(from, int64(most)+1))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), len(all) > most:
		return nil, errTooLarge
	case err != nil:
		return nil, err
	}
	return all, nil
}

// unread answers that a body wasn't read.
func (q *request) unread(err error) int {
	switch {
	case errors.Is(err, errTooLarge):
		return q.text(http.StatusRequestEntityTooLarge, err.Error())
	case isTimeout(err):
		return q.empty(http.StatusRequestTimeout)
	default:
		return q.text(http.StatusBadRequest, "the body can't be read")
	}
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
