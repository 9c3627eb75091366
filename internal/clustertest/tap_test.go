package clustertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/wire"
)

// tap is a connection of an SDK's subscription whose bytes are read along and
// judged, both ways, by the seat that it belongs to.
type tap struct {
	net.Conn
	seat        *seat
	said, heard stream
	format      wire.Format
	session     *promise.Session
	synced      bool
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.seat.hears(t, p[:n], err)
	return n, err
}

func (t *tap) Write(p []byte) (int, error) {
	t.seat.says(t, p) // before the node can answer it
	return t.Conn.Write(p)
}

// answered takes the node's answer to the handshake.
func (t *tap) answered(head []byte) {
	status, _, _ := bytes.Cut(head, []byte("\r\n"))
	switch {
	case !bytes.Contains(status, []byte(" 101 ")):
		t.heard.over = true
		t.seat.refused[strings.TrimPrefix(string(status), "HTTP/1.1 ")]++
	case bytes.Contains(head, []byte(wire.SubprotocolProto)):
		t.format = wire.FormatProto
	}
}

// ask takes what the SDK says.
func (t *tap) ask(frame []byte) {
	for m, err := range t.format.Messages(frame) {
		if err != nil {
			t.seat.fault("what the SDK said: %v", err)
			return
		}
		if m, ok := m.(*wire.Subscribe); ok {
			t.subscribe(m)
		}
	}
}

func (t *tap) subscribe(m *wire.Subscribe) {
	set, err := interest.NewSet(interest.DefaultLimits(), m.Interests)
	if err != nil {
		t.seat.fault("what the SDK subscribed to: %v", err)
		return
	}
	t.session.Subscribed(m.Seq, set.Match)
	if m.Token == "" {
		return
	}
	at := slices.IndexFunc(t.seat.memories, func(old *promise.Memory) bool { return old.Token == m.Token })
	if at < 0 {
		t.seat.fault("the SDK brings a token that isn't one of the last two")
		return
	}
	t.session.Resumes(m.Seq, t.seat.memories[at])
}

// hear takes what the node says.
func (t *tap) hear(frame []byte) {
	for m, err := range t.format.Messages(frame) {
		if err != nil {
			t.seat.fault("what the node said: %v", err)
			return
		}
		t.session.Receive(m)
		switch m := m.(type) {
		case *wire.Snapshot:
			t.seat.snapshots++
		case *wire.Synced:
			t.synced = true
			t.seat.remember(t, m.Token)
			t.seat.level()
		case *wire.Heartbeat:
			t.seat.remember(t, m.Token)
		case *wire.Error:
			t.seat.fault("the node said: %v", m)
		}
	}
}

// stream takes one direction of a websocket apart, as its bytes come.
type stream struct {
	rest []byte
	open bool // the handshake's head is over
	over bool // no messages follow: the handshake was refused
}

// feed calls head with the head of the handshake, and message with the payload of
// each message, which it may keep until it returns.
func (s *stream) feed(p []byte, head, message func([]byte)) error {
	s.rest = append(s.rest, p...)
	if !s.open {
		at := bytes.Index(s.rest, []byte("\r\n\r\n"))
		if at < 0 {
			return nil
		}
		head(s.rest[:at])
		s.rest, s.open = s.rest[at+4:], true
	}
	for !s.over {
		size, payload, kind, err := cutFrame(s.rest)
		if err != nil || size == 0 {
			return err
		}
		if kind == 1 || kind == 2 { // text, binary; the rest is control: RFC 6455, section 5.2
			message(payload)
		}
		if s.rest = s.rest[size:]; len(s.rest) == 0 {
			s.rest = nil
			return nil
		}
	}
	s.rest = nil
	return nil
}

// cutFrame returns the first frame's size in all, 0 if it isn't whole yet, its
// payload without a mask, and its kind.
func cutFrame(b []byte) (size int, payload []byte, kind byte, err error) {
	if len(b) < 2 {
		return 0, nil, 0, nil
	}
	if b[0]&0x80 == 0 {
		return 0, nil, 0, fmt.Errorf("a frame that isn't a whole message")
	}
	head, length := 2, int(b[1]&0x7f)
	switch {
	case length == 126 && len(b) >= 4:
		head, length = 4, int(binary.BigEndian.Uint16(b[2:]))
	case length == 127 && len(b) >= 10:
		head, length = 10, int(binary.BigEndian.Uint64(b[2:]))
	case length > 125:
		return 0, nil, 0, nil
	}
	var mask []byte
	if b[1]&0x80 != 0 {
		if len(b) < head+4 {
			return 0, nil, 0, nil
		}
		mask, head = b[head:head+4], head+4
	}
	if len(b) < head+length {
		return 0, nil, 0, nil
	}
	payload = b[head : head+length]
	if mask != nil {
		payload = slices.Clone(payload)
		for i := range payload {
			payload[i] ^= mask[i%4]
		}
	}
	return head + length, payload, b[0] & 0x0f, nil
}

// tapped returns an HTTP client whose connections are read along by the seats that
// their contexts name. Each connection has one request, so that it is of one seat.
func tapped() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: dialTapped}}
}
