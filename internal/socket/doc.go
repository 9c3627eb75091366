// Package socket is for those who write and read websockets past the library, which
// then does the handshake and whatever is rare: it takes the socket that is below, and
// knows of frames what is needed for that (RFC 6455, section 5). Why, docs/adr/0012,
// 0020 and 0025 say.
//
// It keeps no state; what it reads from belongs to one goroutine at a time.
package socket
