package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"heureka/wire"
)

// connection is one websocket to a node, in the JSON form. One goroutine may
// read and another one write.
type connection struct {
	socket       *websocket.Conn
	writeTimeout time.Duration
	closeTimeout time.Duration
}

// dialer opens connections.
type dialer struct {
	http *http.Client
	cfg  Config
}

func (d dialer) dial(ctx context.Context, endpoint string) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.DialTimeout)
	defer cancel()
	socket, _, err := websocket.Dial(ctx, endpoint, &websocket.DialOptions{
		HTTPClient:   d.http,
		Subprotocols: []string{wire.SubprotocolJSON},
	})
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	socket.SetReadLimit(d.cfg.ReadLimit)
	return &connection{socket: socket, writeTimeout: d.cfg.WriteTimeout, closeTimeout: d.cfg.CloseTimeout}, nil
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
	if kind != websocket.MessageText {
		return nil, errors.New("read: a binary frame, although JSON was agreed")
	}
	return decode(frame)
}

// decode reads the lines of a frame.
func decode(frame []byte) ([]wire.Message, error) {
	messages := make([]wire.Message, 0, bytes.Count(frame, []byte{'\n'})+1)
	for line := range bytes.SplitSeq(frame, []byte{'\n'}) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		m, err := wire.DecodeJSON(line)
		var e *wire.Error
		if errors.As(err, &e) && e.Code == wire.CodeUnknownType {
			continue
		}
		if err != nil {
			// Not %w: a *wire.Error from here would look like the node's own.
			return nil, fmt.Errorf("read: the node's words make no sense: %v", err)
		}
		messages = append(messages, m)
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
	return c.socket.Write(ctx, websocket.MessageText, frame)
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
