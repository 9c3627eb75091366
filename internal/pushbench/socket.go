package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// The bits of a websocket frame's header, and its opcodes (RFC 6455, section 5.2).
const (
	frameFinal  = 0x80
	frameMasked = 0x80
	frameClose  = 0x8
	framePing   = 0x9
	framePong   = 0xA
)

// dialSocket makes a websocket to a node's path, by hand: a library's client
// would cost more than the server that is measured. It offers the subprotocols
// and returns the one that was chosen.
func dialSocket(ctx context.Context, node, path string, offers []string) (net.Conn, string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", node)
	if err != nil {
		return nil, "", fmt.Errorf("dial: %w", err)
	}
	chosen, err := upgrade(conn, node, path, offers)
	if err != nil {
		_ = conn.Close() // the error that counts is the first
		return nil, "", fmt.Errorf("dial %s%s: %w", node, path, err)
	}
	return conn, chosen, nil
}

func upgrade(conn net.Conn, node, path string, offers []string) (string, error) {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + node + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
	if len(offers) > 0 {
		request += "Sec-WebSocket-Protocol: " + strings.Join(offers, ", ") + "\r\n"
	}
	if _, err := conn.Write([]byte(request + "\r\n")); err != nil {
		return "", err
	}
	reader := bufio.NewReader(conn)
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return "", fmt.Errorf("answered %s", answer.Status)
	}
	if reader.Buffered() > 0 {
		return "", errors.New("the server speaks before it was spoken to")
	}
	return answer.Header.Get("Sec-WebSocket-Protocol"), nil
}

// sealMasked returns the payload as a client's frame. Its mask is zero, which
// leaves the payload as it is, so that it can be written into later.
func sealMasked(opcode byte, payload []byte) []byte {
	frame := []byte{frameFinal | opcode}
	switch size := len(payload); {
	case size < 126:
		frame = append(frame, frameMasked|byte(size))
	case size < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, frameMasked|126), uint16(size))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, frameMasked|127), uint64(size))
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}

// websocketFraming finds a server's messages in what a connection received.
type websocketFraming struct {
	answer func([]byte) error // of pings
}

// maxFrame is the largest frame that is accepted, in bytes.
const maxFrame = 16 << 20

func (f websocketFraming) next(data []byte) (payload []byte, took int, err error) {
	if len(data) < 2 {
		return nil, 0, nil
	}
	head, size := 2, uint64(data[1]&0x7f)
	switch size {
	case 126:
		head = 4
	case 127:
		head = 10
	}
	if len(data) < head {
		return nil, 0, nil
	}
	switch size {
	case 126:
		size = uint64(binary.BigEndian.Uint16(data[2:]))
	case 127:
		size = binary.BigEndian.Uint64(data[2:])
	}
	if size > maxFrame {
		return nil, 0, fmt.Errorf("a frame of %d bytes", size)
	}
	if took = head + int(size); len(data) < took {
		return nil, 0, nil
	}
	payload = data[head:took]
	switch data[0] & 0xf {
	case frameClose:
		return nil, took, fmt.Errorf("the server closes: %.200q", payload)
	case framePing:
		return nil, took, f.answer(sealMasked(framePong, payload))
	case framePong:
		return nil, took, nil
	}
	return payload, took, nil
}
