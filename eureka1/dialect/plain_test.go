package dialect

import (
	"bytes"
	"testing"
)

// TestPlain holds each place of each byte against looking at one byte after the other,
// among neighbours that differ from it by one or by their top bit.
func TestPlain(t *testing.T) {
	for c := range 256 {
		for _, around := range []byte{'a', byte(c - 1), byte(c + 1), byte(c) ^ 0x80, 0xff, ' ', '!', '[', ']', '#'} {
			for length := range 20 {
				for at := range length {
					text := bytes.Repeat([]byte{around}, length)
					text[at] = byte(c)
					want := 0
					for want < length && text[want] >= ' ' && text[want] != '"' && text[want] != '\\' {
						want++
					}
					if got := plain(string(text)); got != want {
						t.Fatalf("%q: %d instead of %d", text, got, want)
					}
				}
			}
		}
	}
}
