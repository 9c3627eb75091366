package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"heureka/wire"
)

// connection is one websocket to a node, in one of the two forms. One goroutine
// may read and another one write.
type connection struct {
	socket       *websocket.Conn
	format       wire.Format
	writeTimeout time.Duration
	closeTimeout time.Duration
}

// dialer opens connections.
type dialer struct {
	http *http.Client
	cfg  Config
}

// dial connects to a node. The error is a *refusal if the node answered that it
// takes no clients now.
func (d dialer) dial(ctx context.Context, endpoint string) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.DialTimeout)
	defer cancel()
	socket, answer, err := websocket.Dial(ctx, endpoint, &websocket.DialOptions{
		HTTPClient:   d.http,
		Subprotocols: d.cfg.subprotocols(),
	})
	if err != nil {
		return nil, fmt.Errorf("connect: %w", refused(answer, err))
	}
	socket.SetReadLimit(d.cfg.ReadLimit)
	return &connection{
		socket:       socket,
		format:       formatOf(socket.Subprotocol()),
		writeTimeout: d.cfg.WriteTimeout,
		closeTimeout: d.cfg.CloseTimeout,
	}, nil
}

// formatOf returns the form that a node has chosen; one that chose nothing speaks
// JSON.
func formatOf(subprotocol string) wire.Format {
	if subprotocol == wire.FormatProto.Subprotocol() {
		return wire.FormatProto
	}
	return wire.FormatJSON
}

// frameType returns the type of the frames that carry a form.
func frameType(f wire.Format) websocket.MessageType {
	if f == wire.FormatProto {
		return websocket.MessageBinary
	}
	return websocket.MessageText
}

// read returns the messages of the next frame. Those that this release doesn't
// know are left out: a newer node may have more to say. When the node closed with
// an error of the table, the error is that *wire.Error. The end of ctx closes the
// connection at once.
func (c *connection) read(ctx context.Context) ([]wire.Message, error) {
	kind, frame, err := c.socket.Read(ctx)
	if err != nil {
		var closed websocket.CloseError
		if errors.As(err, &closed) {
			if code, ok := wire.CodeOfClose(int(closed.Code)); ok {
				return nil, wire.NewError(code, "the node closed the connection: %s", closed.Reason)
			}
		}
		return nil, fmt.Errorf("read: %w", err)
	}
	if kind != frameType(c.format) {
		return nil, fmt.Errorf("read: a frame that is %s, although %s was agreed", kind, c.format.Subprotocol())
	}
	return decode(c.format, frame)
}

// decode reads the messages of a frame.
func decode(format wire.Format, frame []byte) ([]wire.Message, error) {
	var messages []wire.Message
	for m, err := range format.Messages(frame) {
		switch {
		case err == nil:
			messages = append(messages, m)
		case err.Code != wire.CodeUnknownType:
			// Not %w: a *wire.Error from here would look like the node's own.
			return nil, fmt.Errorf("read: the node's words make no sense: %v", err)
		}
	}
	return messages, nil
}

// write sends frames in order.
func (c *connection) write(ctx context.Context, frames [][]byte) error {
	for _, frame := range frames {
		if err := c.writeFrame(ctx, frame); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}

func (c *connection) writeFrame(ctx context.Context, frame []byte) error {
	ctx, cancel := context.WithTimeout(ctx, c.writeTimeout)
	defer cancel()
	return c.socket.Write(ctx, frameType(c.format), frame)
}

// goodbye closes the websocket as its protocol wants it, and without that if the
// node takes too long over it.
func (c *connection) goodbye(abandon context.CancelFunc) {
	timer := time.AfterFunc(c.closeTimeout, abandon)
	defer timer.Stop()
	c.socket.Close(websocket.StatusNormalClosure, "") // the connection is over either way
}

// drop closes the connection at once.
func (c *connection) drop() { c.socket.CloseNow() }
