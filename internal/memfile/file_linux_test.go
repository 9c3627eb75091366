package memfile

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"time"
)

// sockets returns the two ends of a TCP connection.
func sockets(t *testing.T) (here, there *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	one, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		one.Close()
		other.Close()
	})
	return one.(*net.TCPConn), other.(*net.TCPConn)
}

// cut returns the parts that some bytes are cut into, empty ones among them.
func cut(whole []byte, rng *rand.Rand, most int) (parts [][]byte) {
	for len(whole) > 0 {
		n := rng.IntN(min(most, len(whole)) + 1)
		parts = append(parts, whole[:n])
		whole = whole[n:]
	}
	return parts
}

func noise(n int, rng *rand.Rand) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func TestAFileIsSentAsItWasMade(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, test := range []struct{ size, most int }{{0, 1}, {1, 1}, {5000, 3}, {3 << 20, 1 << 18}} {
		whole := noise(test.size, rng)
		parts := cut(whole, rng, test.most) // of the third, more than one call writes
		f, err := New(parts)
		if err != nil {
			t.Fatal(err)
		}
		if f.Size() != int64(test.size) || !bytes.Equal(bytes.Join(parts, nil), whole) {
			t.Errorf("%d bytes are %d in the file, or the parts have changed", test.size, f.Size())
		}
		from := rng.IntN(test.size + 1)
		here, there := sockets(t)
		sent := make(chan error, 1)
		go func() {
			defer here.CloseWrite()
			n, err := f.SendTo(here, int64(from), f.Size()-int64(from))
			if err == nil && n != f.Size()-int64(from) {
				err = io.ErrShortWrite
			}
			sent <- err
		}()
		got, err := io.ReadAll(there)
		if err = errors.Join(err, <-sent); err != nil || !bytes.Equal(got, whole[from:]) {
			t.Errorf("%d bytes from %d on: %d arrive, %v", test.size, from, len(got), err)
		}
		if !f.Release() {
			t.Error("it is still used")
		}
	}
}

func TestEmptyPartsAreNothing(t *testing.T) {
	for size, parts := range [][][]byte{make([][]byte, 2*1024), append(make([][]byte, 2*1024), []byte("x"), nil)} {
		f, err := New(parts)
		if err != nil {
			t.Fatal(err)
		}
		if f.Size() != int64(size) {
			t.Errorf("%d bytes instead of %d", f.Size(), size)
		}
		f.Release()
	}
}

func TestAFileEndsWithTheLastReference(t *testing.T) {
	f, err := New([][]byte{[]byte("document")})
	if err != nil {
		t.Fatal(err)
	}
	if !f.Acquire() || f.Release() {
		t.Error("it ended with one reference left")
	}
	if _, err := f.file.Stat(); err != nil {
		t.Error(err)
	}
	if !f.Release() || f.Acquire() {
		t.Error("it didn't end")
	}
	if _, err := f.file.Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file is open: %v", err)
	}
}

// TestWhoDoesNotTakeItIsGivenUp at the deadline, and what it took is told.
func TestWhoDoesNotTakeItIsGivenUp(t *testing.T) {
	whole := noise(32<<20, rand.New(rand.NewPCG(1, 2)))
	f, err := New([][]byte{whole})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	here, there := sockets(t)
	first := make([]byte, 1)
	ended := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(there, first)
		ended <- errors.Join(err, here.SetWriteDeadline(time.Unix(1, 0)))
	}()
	n, err := f.SendTo(here, 0, f.Size())
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) || n <= 0 || n >= f.Size() {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if err := errors.Join(here.SetWriteDeadline(time.Time{}), here.CloseWrite()); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(there); err != nil || !bytes.Equal(append(first, got...), whole[:n]) {
		t.Errorf("%d bytes arrive of %d, %v", len(got), n, err)
	}
}

func TestWhatIsNoSocketIsToldSo(t *testing.T) {
	f, err := New([][]byte{[]byte("document")})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if n, err := f.SendTo(io.Discard, 0, f.Size()); n != 0 || !errors.Is(err, errors.ErrUnsupported) {
		t.Error(n, err)
	}
	here, _ := sockets(t)
	here.Close()
	if n, err := f.SendTo(here, 0, f.Size()); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Error(n, err)
	}
}
