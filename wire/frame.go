package wire

import "encoding/binary"

// FrameHeadroom is the most bytes that the header of a websocket frame from a
// server takes: RFC 6455, section 5.2, without a mask.
const FrameHeadroom = 10

// The first byte of a whole frame.
const (
	textFrame   = 0x81
	binaryFrame = 0x82
)

// SealFrame makes a websocket frame of messages that lie behind FrameHeadroom
// unused bytes: it writes the header in front of them, in place, and returns the
// frame. Nothing of it differs from session to session, so it is made once.
func SealFrame(f Format, room []byte) []byte {
	size := len(room) - FrameHeadroom
	var at int
	switch {
	case size < 126:
		at = FrameHeadroom - 2
		room[at+1] = byte(size)
	case size < 1<<16:
		at = FrameHeadroom - 4
		room[at+1] = 126
		binary.BigEndian.PutUint16(room[at+2:], uint16(size))
	default:
		at = 0
		room[at+1] = 127
		binary.BigEndian.PutUint64(room[at+2:], uint64(size))
	}
	room[at] = textFrame
	if f == FormatProto {
		room[at] = binaryFrame
	}
	return room[at:]
}
