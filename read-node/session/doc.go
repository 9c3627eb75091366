// Package session is one websocket of a subscriber: the handshake, the limits,
// the errors, the one frame on its way. It decides nothing about what the
// subscriber is told; the [Hub] does, through package fanout.
//
//	peer ──► reader ──► Hub.Subscribe            (waits for room: only this peer waits)
//	peer ◄── writer ◄── Session.Deliver          (never waits: one frame at a time)
//	            └─────► Hub.Written              (the frame has left: there may be another)
//
// A session has two goroutines: [Session.Run] reads on its caller's and starts one
// that writes. The hub's owner calls [Session.Deliver], [Session.GoAway] and
// [Session.Stop], from any goroutine; none of them ever waits for the peer. A peer
// that takes no byte for Config.Patience is given up.
//
// An error that closes is said as an Error line and then as the websocket's close
// code, 4000 and the error's code. Where the peer doesn't read, it gets neither.
package session
