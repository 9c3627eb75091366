package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// changing are the arguments of "change": so many a second from now on, for so long,
// numbered from where the last ones ended.
type changing struct {
	Rate    float64 `json:"rate"`
	Seconds float64 `json:"seconds"`
	From    int     `json:"from"` // changes made before
}

// changed is the answer.
type changed struct {
	Total int     `json:"total"` // changes made, those before included
	Told  []int64 `json:"told"`  // when each was answered, Unix nanoseconds
}

// change registers instances anew, one after the other over one connection, so that
// who shows a change shows all before it.
func (d *driver) change(args changing) (any, error) {
	if _, err := d.connect(struct{}{}); err != nil {
		return nil, err
	}
	pace := newPace(args.Rate, 0, 1, time.Now())
	answer := changed{Total: args.From}
	var request []byte
	for i := range int(args.Rate * args.Seconds) {
		pace.wait(i)
		answer.Total++
		request = d.population.register(request[:0], (answer.Total-1)%d.population.Instances, answer.Total)
		if _, err := d.conns[0].expect(request, http.StatusNoContent); err != nil {
			return nil, err
		}
		answer.Told = append(answer.Told, time.Now().UnixNano())
	}
	return answer, nil
}

// polling are the arguments of "poll".
type polling struct {
	Rate    float64 `json:"rate"`
	Seconds float64 `json:"seconds"`
}

// polled is one answer.
type polled struct {
	Asked  int64 `json:"asked"`  // when, Unix nanoseconds
	Newest int   `json:"newest"` // the highest number of a change in it
}

// poll asks for all instances, compressed, again and again. It looks into the answers
// when all have come.
func (d *driver) poll(args polling) (any, error) {
	if _, err := d.connect(struct{}{}); err != nil {
		return nil, err
	}
	pace := newPace(args.Rate, 0, 1, time.Now())
	var all []polled
	var documents [][]byte
	for i := range max(int(args.Rate*args.Seconds), 1) {
		pace.wait(i)
		asked := time.Now().UnixNano()
		document, err := d.conns[0].fetch(pathApps, true)
		if err != nil {
			return nil, err
		}
		all, documents = append(all, polled{Asked: asked}), append(documents, bytes.Clone(document))
	}
	for i, document := range documents {
		var err error
		if all[i].Newest, err = newest(document); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// newest returns the highest number of a change in a compressed document.
func newest(document []byte) (int, error) {
	text, err := unzip(document)
	if err != nil {
		return 0, err
	}
	highest, sign := -1, []byte(`"mark":"`)
	for {
		at := bytes.Index(text, sign)
		if at < 0 {
			break
		}
		text = text[at+len(sign):]
		end := bytes.IndexByte(text, '"')
		n, err := strconv.Atoi(string(text[:max(end, 0)]))
		if err != nil {
			return 0, fmt.Errorf("a mark: %w", err)
		}
		highest = max(highest, n)
	}
	if highest < 0 {
		return 0, fmt.Errorf("a document of %d bytes without a mark", len(document))
	}
	return highest, nil
}

func unzip(document []byte) ([]byte, error) {
	if !bytes.HasPrefix(document, []byte{0x1f, 0x8b}) {
		return document, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

// ages returns how old each answer was, in milliseconds: how long before it was asked
// for the first change had been answered that it doesn't show. From is the number of
// changes before those that were told then.
func ages(answers []polled, told []int64, from int) []float64 {
	var all []float64
	for _, a := range answers {
		age := 0.0
		if missing := max(a.Newest-from, 0); missing < len(told) && told[missing] < a.Asked {
			age = float64(a.Asked-told[missing]) / float64(time.Millisecond)
		}
		all = append(all, age)
	}
	return all
}
