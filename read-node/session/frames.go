package session

import (
	"encoding/binary"

	"heureka/internal/socket"
	"heureka/wire"
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
	return socket.AppendControl(frames, socket.CloseFrame, append(payload, cause.Name...))
}
