package main

import (
	"fmt"
	"net/url"
)

// Requests are written by hand: the same bytes to every contender.

// accept is what Spring's client says that it takes.
const accept = "Host: localhost\r\nAccept: application/json\r\n"

func (p population) path(k int) string {
	return "/eureka/apps/" + p.app(k) + "/" + url.PathEscape(idOf(k))
}

// register says change number so and so of instance k.
func (p population) register(dst []byte, k, change int) []byte {
	dst = fmt.Appendf(dst, "POST /eureka/apps/%s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", p.app(k), accept, size)
	return p.appendInstance(dst, k, change)
}

// heartbeat renews instance k, as its client knows it after that change.
func (p population) heartbeat(k, change int) []byte {
	return fmt.Appendf(nil, "PUT %s?status=UP&lastDirtyTimestamp=%d HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: 0\r\n\r\n",
		p.path(k), began+change, accept)
}

func (p population) cancel(k int) []byte {
	return fmt.Appendf(nil, "DELETE %s HTTP/1.1\r\n%s\r\n", p.path(k), accept)
}

func (p population) override(k int, status string) []byte {
	return fmt.Appendf(nil, "PUT %s/status?value=%s HTTP/1.1\r\n%sContent-Length: 0\r\n\r\n", p.path(k), status, accept)
}

func (p population) lift(k int, status string) []byte {
	return fmt.Appendf(nil, "DELETE %s/status?value=%s HTTP/1.1\r\n%s\r\n", p.path(k), status, accept)
}

// The documents.
const (
	pathApps  = "/eureka/apps/"
	pathDelta = "/eureka/apps/delta"
)

// get asks for a document.
func get(path string, gzip bool) []byte {
	encoding := ""
	if gzip {
		encoding = "Accept-Encoding: gzip\r\n"
	}
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\n%s%s\r\n", path, accept, encoding)
}
