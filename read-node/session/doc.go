// Package session is one websocket of a subscriber: the handshake, the limits,
// the errors, the one frame on its way. It decides nothing about what the
// subscriber is told; the [Hub] does, through package fanout.
//
//	peer ──► reader ──► Hub.Subscribe            (waits for room: only this peer waits)
//	peer ◄── Session.Send                        (one system call, never waits)
//	peer ◄── backlog ──► Hub.Written             (only while the peer takes less than it is sent)
//
// A session has one goroutine, which reads; that of the HTTP handler ends with the
// handshake. What is written is written by whoever has it, with one attempt that
// doesn't wait. Only what the peer's socket doesn't take becomes a backlog, with a
// goroutine that writes it as the peer takes it and ends with it. Nothing follows
// until then: the hub's owner hands over the next frame after [Hub.Written], the
// reader waits before it listens on. A peer that takes no byte for Config.Patience
// is given up.
//
// Frames are written past the websocket library, which reads, checks and answers a
// close by one close frame; docs/adr/0012 says why. So that they never mix:
//
//   - there is no compression, and every frame is a whole message;
//   - the session answers pings, the library is told not to;
//   - the library's close frame comes in one Write and goes the way of all frames;
//   - behind a close frame, the session's or the library's, nothing is written.
//
// An error that closes is said as an Error line and then as the websocket's close
// code, 4000 and the error's code. Where the peer doesn't read, the kernel is given
// both, so that it finds them when it does; only where the kernel doesn't take them
// is the socket closed without a word.
package session
