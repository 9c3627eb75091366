package memfile

import (
	"errors"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func create() (*os.File, error) {
	fd, err := unix.MemfdCreate("heureka", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "memfile"), nil
}

// atOnce is how many parts one call may write: IOV_MAX.
const atOnce = 1024

// fill writes the parts.
func fill(file *os.File, parts [][]byte) (size int64, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return 0, err
	}
	for parts = behind(parts, 0); len(parts) > 0 && err == nil; {
		var n int
		var failed error
		err = raw.Control(func(fd uintptr) {
			n, failed = unix.Writev(int(fd), parts[:min(len(parts), atOnce)])
		})
		switch {
		case err != nil || failed == unix.EINTR:
			continue
		case failed != nil:
			return size, os.NewSyscallError("writev", failed)
		case n == 0:
			return size, io.ErrShortWrite
		}
		size += int64(n)
		parts = behind(parts, n)
	}
	return size, err
}

// behind returns what is behind the first n bytes of the parts, which stay as they are.
func behind(parts [][]byte, n int) [][]byte {
	for len(parts) > 0 && n >= len(parts[0]) {
		n -= len(parts[0])
		parts = parts[1:]
	}
	if n > 0 {
		parts = append([][]byte{parts[0][n:]}, parts[1:]...)
	}
	return parts
}

func send(raw syscall.RawConn, file *os.File, offset, n int64) (int64, error) {
	from, end := offset, offset+n
	var failed error
	try := func(socket uintptr) (done bool) {
		for offset < end {
			sent, err := unix.Sendfile(int(socket), int(file.Fd()), &offset, int(end-offset))
			switch {
			case err == unix.EAGAIN:
				return false
			case err == unix.EINTR:
			case err != nil:
				failed = os.NewSyscallError("sendfile", err)
				return true
			case sent == 0:
				failed = io.ErrUnexpectedEOF
				return true
			}
		}
		return true
	}
	if err := raw.Write(try); err != nil {
		return offset - from, err
	}
	if offset == from && cannot(failed) {
		return 0, errors.ErrUnsupported
	}
	return offset - from, failed
}

// cannot reports whether it is the system that refused, not the connection that failed:
// EPERM and ENOSYS are what a sandbox answers that forbids a call.
func cannot(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM)
}
