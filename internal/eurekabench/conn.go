package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"heureka/internal/bench"
)

// conn is a kept connection that speaks HTTP/1.1: a library's client would cost more
// than the server that is measured.
type conn struct {
	socket net.Conn
	reader *bufio.Reader
	body   []byte // of the last answer that was kept
}

// readBuffer takes a large part of a document at once.
const readBuffer = 256 << 10

// maxAnswer is the longest body that is accepted.
const maxAnswer = 256 << 20

func dial(address string) (*conn, error) {
	socket, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &conn{socket: socket, reader: bufio.NewReaderSize(socket, readBuffer)}, nil
}

// expect asks, and wants that status. It returns how long the body was.
func (c *conn) expect(request []byte, status int) (int, error) {
	return c.exchange(request, status, false)
}

// fetch asks for a document and returns it; it is good until the next one.
func (c *conn) fetch(path string, gzip bool) ([]byte, error) {
	_, err := c.exchange(get(path, gzip), 200, true)
	return c.body, err
}

func (c *conn) exchange(request []byte, status int, keep bool) (int, error) {
	if err := c.socket.SetDeadline(time.Now().Add(bench.Patience)); err != nil {
		return 0, err
	}
	if _, err := c.socket.Write(request); err != nil {
		return 0, err
	}
	line, _, _ := bytes.Cut(request, []byte("\r\n"))
	got, length, err := c.head()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", line, err)
	}
	c.body = c.body[:0]
	n, err := c.take(length, keep || got != status)
	switch {
	case err != nil:
		return n, fmt.Errorf("%s: %w", line, err)
	case got != status:
		return n, fmt.Errorf("%s is answered %d instead of %d: %.200q", line, got, status, c.body)
	}
	return n, nil
}

// chunked stands for the length of a body that comes in chunks.
const chunked = -1

var errNoHTTP = errors.New("no HTTP/1.1")

// head reads the head of an answer.
func (c *conn) head() (status, length int, err error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	const least = len("HTTP/1.1 200")
	if len(line) < least || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, 0, errNoHTTP
	}
	if status, err = strconv.Atoi(string(line[least-3 : least])); err != nil {
		return 0, 0, errNoHTTP
	}
	for {
		if line, err = c.reader.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		if len(line) <= 2 {
			return status, length, nil
		}
		switch line[0] | 0x20 {
		case 'c':
			if value, ok := field(line, "content-length"); ok {
				if length, err = strconv.Atoi(value); err != nil || length > maxAnswer {
					return 0, 0, errNoHTTP
				}
			}
		case 't':
			if value, ok := field(line, "transfer-encoding"); ok && value == "chunked" {
				length = chunked
			}
		}
	}
}

func field(line []byte, name string) (string, bool) {
	if len(line) <= len(name) || line[len(name)] != ':' || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return "", false
	}
	return string(bytes.TrimSpace(line[len(name)+1:])), true
}

// take reads a body.
func (c *conn) take(length int, keep bool) (int, error) {
	if length != chunked {
		return length, c.bytes(length, keep)
	}
	total := 0
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return total, err
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil || total+int(n) > maxAnswer {
			return total, errNoHTTP
		}
		if err := c.bytes(int(n), keep); err != nil {
			return total, err
		}
		if _, err := c.reader.Discard(2); err != nil {
			return total, err
		}
		if total += int(n); n == 0 {
			return total, nil
		}
	}
}

func (c *conn) bytes(n int, keep bool) error {
	if !keep {
		_, err := c.reader.Discard(n)
		return err
	}
	from := len(c.body)
	c.body = append(c.body, make([]byte, n)...)
	_, err := io.ReadFull(c.reader, c.body[from:])
	return err
}
