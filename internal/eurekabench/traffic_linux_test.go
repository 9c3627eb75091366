package main

import (
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestWhatAConnectionCarriesIsKnown asks the kernel for a connection of this process.
func TestWhatAConnectionCarriesIsKnown(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	from, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	const count = 100_000
	go func() { _, _ = from.Write(make([]byte, count)) }() // what fails shows below
	if _, err := io.CopyN(io.Discard, to, count); err != nil {
		t.Fatal(err)
	}
	own := make(map[uint32]bool)
	if err := sockets(os.Getpid(), func(inode uint32) { own[inode] = true }); err != nil {
		t.Fatal(err)
	}
	port := uint16(from.LocalAddr().(*net.TCPAddr).Port)
	for deadline := time.Now().Add(30 * time.Second); ; { // the last of it may not be acknowledged yet
		all, err := connectionsOf(unix.AF_INET)
		if err != nil {
			t.Fatal(err)
		}
		carried := uint64(0)
		for _, c := range all {
			if own[c.inode] && c.ports[0] == port {
				carried = c.acknowledged
			}
		}
		if carried >= count && carried <= count+1 { // the handshake counts as one
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes were carried, %d are known", count, carried)
		}
	}
}

func TestTrafficSince(t *testing.T) {
	before := traffic{1: 100, 2: 50, 4: 10}
	if got := (traffic{1: 130, 2: 50, 3: 7, 4: 5}).since(before); got != 37 {
		t.Errorf("%d bytes since then, want 37", got)
	}
	if _, _, err := parse(nil, []byte{200, 0, 0, 0, 20, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}); err == nil {
		t.Error("a message longer than what came is taken")
	}
}
