package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// appear registers instances one by one and asks for all, as they are, until each is
// there. It answers with the milliseconds from its 204 to the end of the first answer
// that shows it, sorted.
func appear(args telling) (any, error) {
	writer, err := dial(args.Write)
	if err != nil {
		return nil, err
	}
	defer writer.socket.Close()
	reader, err := dial(args.Read)
	if err != nil {
		return nil, err
	}
	defer reader.socket.Close()
	const between = 100 * time.Millisecond // so that it meets every age of a document
	p, patience := args.Population, time.Duration(args.PatienceMs)*time.Millisecond
	var all []float64
	for n := range args.Samples {
		time.Sleep(rand.N(between))
		k := p.Instances + n
		if _, err := writer.expect(p.register(nil, k, 0), http.StatusNoContent); err != nil {
			return nil, err
		}
		since := time.Now()
		if err := shows(reader, idOf(k), since.Add(patience)); err != nil {
			return nil, err
		}
		all = append(all, float64(time.Since(since))/float64(time.Millisecond))
	}
	slices.Sort(all)
	return all, nil
}

// shows asks until an id is shown.
func shows(c *conn, id string, until time.Time) error {
	for time.Now().Before(until) {
		document, err := c.fetch(pathApps, false)
		if err != nil {
			return err
		}
		if bytes.Contains(document, []byte(id)) {
			return nil
		}
	}
	return fmt.Errorf("%s isn't shown in time", id)
}
