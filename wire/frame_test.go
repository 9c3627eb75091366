package wire

import (
	"bytes"
	"testing"
)

func TestSealFrame(t *testing.T) {
	for _, tt := range []struct {
		format Format
		size   int
		header []byte
	}{
		{FormatJSON, 0, []byte{0x81, 0}},
		{FormatProto, 125, []byte{0x82, 125}},
		{FormatJSON, 126, []byte{0x81, 126, 0, 126}},
		{FormatProto, 65535, []byte{0x82, 126, 0xff, 0xff}},
		{FormatJSON, 65536, []byte{0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
	} {
		payload := bytes.Repeat([]byte{'x'}, tt.size)
		sealed := SealFrame(tt.format, append(make([]byte, FrameHeadroom), payload...))
		if !bytes.Equal(sealed, append(tt.header, payload...)) {
			t.Errorf("%d bytes: header % x, want % x", tt.size, sealed[:min(len(sealed), 12)], tt.header)
		}
	}
}
