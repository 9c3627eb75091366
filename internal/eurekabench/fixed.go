package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"

	"heureka/internal/bench"
)

// fixing are the arguments of "fix": what the baseline answers from then on.
type fixing struct {
	Status int `json:"status"`
	Length int `json:"length"`
}

// answer is what it answers.
type answer struct {
	status int
	length []string
	body   []byte
}

// serveFixed is the baseline: a handler of fixed bytes.
func serveFixed(in io.Reader, out io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	var fixed atomic.Pointer[answer]
	fixed.Store(&answer{status: http.StatusOK})
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // until the process ends
			_, _ = io.Copy(io.Discard, r.Body) // as whoever means it would; if it fails, so does the answer
			fixed.Load().give(w)
		}))
	}()
	return bench.Obey(in, out, bench.Started{Address: l.Addr().String()}, map[string]bench.Command{
		"fix": bench.With(func(args fixing) (any, error) {
			fixed.Store(&answer{args.Status, []string{strconv.Itoa(args.Length)}, bytes.Repeat([]byte{'x'}, args.Length)})
			return json.RawMessage("null"), nil
		}),
	})
}

func (a *answer) give(w http.ResponseWriter) {
	if len(a.body) == 0 {
		w.WriteHeader(a.status)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header["Content-Length"] = a.length
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a driver that has gone says so itself
}
