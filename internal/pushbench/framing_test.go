package main

import (
	"fmt"
	"strings"
	"testing"

	"heureka/wire"
)

// TestFramings cuts streams at every byte: what is told must not depend on it.
func TestFramings(t *testing.T) {
	pong := 0
	answer := func([]byte) error { pong++; return nil }
	sealed := func(size int) string {
		return string(wire.SealFrame(wire.FormatJSON, append(make([]byte, wire.FrameHeadroom), strings.Repeat("x", size)...)))
	}
	for _, test := range []struct {
		name    string
		framing framing
		stream  string
		sizes   string
		pongs   bool
	}{
		{"websocket", websocketFraming{answer}, sealed(5) + "\x89\x02hi" + sealed(200) + sealed(70_000), "[5 200 70000]", true},
		{"nats", natsFraming{answer}, "INFO {}\r\nMSG a.b 1 3\r\nabc\r\nPING\r\nMSG a.b 1 _INBOX.1 5\r\n\r\nx\r\n\r\n", "[3 5]", true},
		{"http", httpFraming{}, "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "[32 23]", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, cut := range []int{0, 1, 2, 3, 7, 20, len(test.stream) / 2, len(test.stream)} {
				pong = 0
				var sizes []int
				take := func(payload []byte, _ int64) error { sizes = append(sizes, len(payload)); return nil }
				used, err := takeAll([]byte(test.stream[:cut]), test.framing, 0, take)
				if err == nil {
					_, err = takeAll([]byte(test.stream[used:]), test.framing, 0, take)
				}
				if err != nil || fmt.Sprint(sizes) != test.sizes || (pong == 1) != test.pongs {
					t.Errorf("cut at %d: %v, %d pongs, %v", cut, sizes, pong, err)
				}
			}
		})
	}
	for name, broken := range map[string]struct {
		framing framing
		data    string
	}{
		"a close":   {websocketFraming{answer}, "\x88\x02\x0f\xa0"},
		"too large": {websocketFraming{answer}, "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"},
		"an error":  {natsFraming{answer}, "-ERR 'Slow Consumer'\r\n"},
		"no size":   {natsFraming{answer}, "MSG a.b 1 x\r\n"},
		"not found": {httpFraming{}, "HTTP/1.1 404 Not Found\r\n\r\n"},
	} {
		if _, _, err := broken.framing.next([]byte(broken.data)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestTheNumberIsFoundWhereverItIs(t *testing.T) {
	r, err := newRecords(population{Instances: 64, Apps: 64, Size: 600})
	if err != nil {
		t.Fatal(err)
	}
	first, err := r.encoded(mark{instance: 0})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range places(first, 0) {
		putDigits(first[at:at+7], 6400)
	}
	if want, err := r.encoded(mark{instance: 6400}); err != nil || string(first) != string(want) {
		t.Errorf("%v\n%s\n%s", err, first, want)
	}
}
