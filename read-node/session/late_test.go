package session

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"testing"

	"heureka/internal/socket"
	"heureka/wire"
)

// TestAWelcomeThatComesTooLateIsNotSaid has a session end just when the hello comes,
// on a socket that doesn't take the last words at once.
func TestAWelcomeThatComesTooLateIsNotSaid(t *testing.T) {
	config := DefaultConfig()
	s := newSession(NewAcceptor(config, nil, slog.New(slog.DiscardHandler)), 1, wire.FormatJSON)
	here, there := net.Pipe() // takes what is read on the other side, and nothing before
	s.take(socket.Taken{Conn: here})
	late := wire.NewError(wire.CodeHelloExpected, "no hello in time")
	s.Stop(late)
	want := farewell(wire.FormatJSON, late)
	begun := make([]byte, 1) // the words are on their way
	if _, err := io.ReadFull(there, begun); err != nil {
		t.Fatal(err)
	}
	if err := s.answer(&wire.Welcome{Version: wire.ProtocolVersion}); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want)-1)
	if _, err := io.ReadFull(there, got); err != nil {
		t.Fatal(err)
	}
	s.writing.Wait()
	if !bytes.Equal(append(begun, got...), want) {
		t.Errorf("the peer reads %q, wanted %q", append(begun, got...), want)
	}
	if err := there.Close(); err != nil {
		t.Fatal(err)
	}
}
