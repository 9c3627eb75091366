package kept

import "net"

// Listener accepts TCP connections as [Conn]s, and others as they are.
type Listener struct{ net.Listener }

// Accept waits for the next connection.
func (l Listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if s, ok := conn.(Socket); ok {
		return New(s), nil
	}
	return conn, nil
}
