package memfile

import (
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestWhatTheSystemRefusesIsNotTheConnections(t *testing.T) {
	for errno, refused := range map[syscall.Errno]bool{
		unix.EINVAL: true, unix.ENOSYS: true, unix.EPERM: true,
		unix.EPIPE: false, unix.ECONNRESET: false, unix.ETIMEDOUT: false,
	} {
		if got := cannot(os.NewSyscallError("sendfile", errno)); got != refused {
			t.Errorf("%v: %v", errno, got)
		}
	}
}
