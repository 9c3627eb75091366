package wire_test

import (
	"bytes"
	"testing"

	"heureka/wire"
)

// FuzzProto holds that what is read of a frame is written as bytes that read the
// same, that the JSON form says the same, and that everything else is refused
// with an error of the table.
func FuzzProto(f *testing.F) {
	for _, m := range messages(f) {
		f.Add(encodeProto(f, m))
	}
	f.Add(encodeProto(f, messages(f)...))
	f.Add([]byte{0x0a, 0x08, 0x22, 0x06, 0x22, 0x02, 0x3a, 0x00, 0x28, 0x09})
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, frame []byte) {
		for m, refused := range wire.FormatProto.Messages(frame) {
			if refused != nil {
				if m != nil || refused.Code.Kind().Name != refused.Name {
					t.Fatalf("refused with %v and %v", refused, m)
				}
				continue
			}
			first := encodeProto(t, m)
			again, err := collect(wire.FormatProto, first)
			if err != nil || len(again) != 1 {
				t.Fatalf("%s is written as %x, which is read as %v, %v", m.Type(), first, again, err)
			}
			if second := encodeProto(t, again[0]); !bytes.Equal(first, second) {
				t.Fatalf("%x is written as\n%x, that as\n%x", frame, first, second)
			}
			line := encode(t, m)
			if bytes.Contains(line, []byte("\ufffd")) || bytes.Contains(line, []byte(`\ufffd`)) {
				continue // JSON has no form for a text that isn't UTF-8
			}
			other, fault := wire.DecodeJSON(line)
			if fault != nil {
				t.Fatalf("%s: %v", line, fault)
			}
			if back := encode(t, other); !bytes.Equal(back, line) {
				t.Fatalf("JSON has\n%s, then\n%s", line, back)
			}
			if third := encodeProto(t, other); !bytes.Equal(first, third) {
				t.Fatalf("%s is\n%x, through JSON\n%x", line, first, third)
			}
		}
	})
}
