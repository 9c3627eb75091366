package raw

import (
	"context"
	"fmt"
	"net/http"

	"github.com/coder/websocket"

	"heureka/wire"
)

// MaxFrame is the largest frame that a Channel receives, in bytes.
const MaxFrame = 16 << 20

// Channel is one connection to a node. One goroutine may send while another one
// receives.
type Channel struct {
	conn   *websocket.Conn
	format wire.Format
}

// Dialer opens connections through an HTTP client; the zero value, through the
// default one.
type Dialer struct {
	HTTP *http.Client
	// Formats are offered to the node, best first. None: JSON.
	Formats []wire.Format
}

// Dial opens a connection to the node, given as host:port, on one of the two
// paths of package wire. It says nothing yet.
func Dial(ctx context.Context, node, path string) (*Channel, error) {
	return Dialer{}.Dial(ctx, node, path)
}

// Hello opens a connection to the node and exchanges hellos. The version is
// filled in.
func Hello(ctx context.Context, node, path string, hello wire.Hello) (*Channel, *wire.Welcome, error) {
	return Dialer{}.Hello(ctx, node, path, hello)
}

// Dial is the function Dial through the dialer's client.
func (d Dialer) Dial(ctx context.Context, node, path string) (*Channel, error) {
	options := &websocket.DialOptions{HTTPClient: d.HTTP, Subprotocols: []string{wire.SubprotocolJSON}}
	if len(d.Formats) > 0 {
		options.Subprotocols = nil
	}
	for _, f := range d.Formats {
		options.Subprotocols = append(options.Subprotocols, f.Subprotocol())
	}
	conn, _, err := websocket.Dial(ctx, "ws://"+node+path, options)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", node, err)
	}
	conn.SetReadLimit(MaxFrame)
	c := &Channel{conn: conn}
	if conn.Subprotocol() == wire.SubprotocolProto {
		c.format = wire.FormatProto
	}
	return c, nil
}

// Format returns the format that the node has picked.
func (c *Channel) Format() wire.Format { return c.format }

// Hello is the function Hello through the dialer's client.
func (d Dialer) Hello(ctx context.Context, node, path string, hello wire.Hello) (*Channel, *wire.Welcome, error) {
	c, err := d.Dial(ctx, node, path)
	if err != nil {
		return nil, nil, err
	}
	hello.Version = wire.ProtocolVersion
	if err := c.Send(ctx, &hello); err != nil {
		c.Close()
		return nil, nil, err
	}
	frame, err := c.Receive(ctx)
	if err != nil {
		c.Close()
		return nil, nil, fmt.Errorf("no welcome from %s: %w", node, err)
	}
	switch m := frame.Messages[0].(type) {
	case *wire.Welcome:
		return c, m, nil
	case *wire.Error:
		c.Close()
		return nil, nil, fmt.Errorf("%s: %w", node, m)
	default:
		c.Close()
		return nil, nil, fmt.Errorf("%s answers a hello with %s", node, m.Type())
	}
}

// Send sends the messages as one frame.
func (c *Channel) Send(ctx context.Context, messages ...wire.Message) error {
	var frame []byte
	for _, m := range messages {
		var err error
		if frame, err = c.format.Append(frame, m); err != nil {
			return err
		}
	}
	if c.format == wire.FormatProto {
		return c.send(ctx, websocket.MessageBinary, frame)
	}
	return c.send(ctx, websocket.MessageText, frame)
}

// SendText sends any bytes as one text frame.
func (c *Channel) SendText(ctx context.Context, frame []byte) error {
	return c.send(ctx, websocket.MessageText, frame)
}

func (c *Channel) send(ctx context.Context, kind websocket.MessageType, frame []byte) error {
	if err := c.conn.Write(ctx, kind, frame); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// Frame is what one websocket frame from a node carried.
type Frame struct {
	Messages []wire.Message // one at least
	Size     int            // in bytes
}

// Receive waits for the next frame. When the node has closed the connection,
// the error has the status of [websocket.CloseStatus]. The end of ctx closes the
// connection.
func (c *Channel) Receive(ctx context.Context) (Frame, error) {
	_, data, err := c.conn.Read(ctx)
	if err != nil {
		return Frame{}, fmt.Errorf("receive: %w", err)
	}
	frame := Frame{Size: len(data)}
	for m, err := range c.format.Messages(data) {
		if err != nil {
			return Frame{}, fmt.Errorf("receive %.200q: %w", data, err)
		}
		frame.Messages = append(frame.Messages, m)
	}
	if len(frame.Messages) == 0 {
		return Frame{}, fmt.Errorf("receive: an empty frame")
	}
	return frame, nil
}

// Close closes the connection without a handshake, as a client that dies does.
func (c *Channel) Close() { _ = c.conn.CloseNow() }
