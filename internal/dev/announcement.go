package dev

import (
	"bytes"
	"errors"
)

// maxLine is how long one line of a node's standard output may be, in bytes.
const maxLine = 64 << 10

var errLongLine = errors.New("a node wrote an endless line")

// announcement is the standard output of one node's process. It belongs to the
// goroutine that copies it, and after the process has ended to who waited.
type announcement struct {
	all       *announced
	rest      []byte // of a line that isn't whole yet
	announced bool   // a first line came: the node is ready
}

func (a *announcement) Write(data []byte) (int, error) {
	n := len(data)
	for {
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			break
		}
		a.rest = append(a.rest, data[:end+1]...)
		data = data[end+1:]
		err := a.all.line(a.rest, !a.announced)
		a.rest, a.announced = a.rest[:0], true
		if err != nil {
			return n, err
		}
	}
	if len(a.rest)+len(data) > maxLine {
		return n, errLongLine
	}
	a.rest = append(a.rest, data...)
	return n, nil
}
