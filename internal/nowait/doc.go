// Package nowait writes to sockets without waiting for the peer: one system call
// that takes what it can. Who writes to many peers in a row needs no goroutine for
// each of them; what a socket doesn't take is for somebody who may wait.
package nowait
