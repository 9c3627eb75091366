package session

import (
	"encoding/binary"

	"heureka/wire"
)

// The first byte of a whole control frame: RFC 6455, section 5.2. Control frames
// have at most 125 bytes of payload, and so a header of two.
const (
	closeFrame = 0x88
	pongFrame  = 0x8a
)

// seal returns the websocket frame of one message.
func seal(f wire.Format, m wire.Message) ([]byte, error) {
	room, err := f.Append(make([]byte, wire.FrameHeadroom, 256), m)
	if err != nil {
		return nil, err
	}
	return wire.SealFrame(f, room), nil
}

// farewell returns the frames by which a session ends: the error as a message, and
// the close frame with its code and name.
func farewell(f wire.Format, cause *wire.Error) []byte {
	frames, _ := seal(f, cause) // plain data; without a form the close frame must do
	payload := binary.BigEndian.AppendUint16(nil, uint16(cause.Code.CloseCode()))
	return appendControl(frames, closeFrame, append(payload, cause.Name...))
}

// appendControl appends a control frame.
func appendControl(dst []byte, kind byte, payload []byte) []byte {
	dst = append(dst, kind, byte(len(payload)))
	return append(dst, payload...)
}
