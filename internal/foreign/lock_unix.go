//go:build unix

package foreign

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockPoll is how often a lock that another process has is tried.
const lockPoll = 100 * time.Millisecond

// lock waits until no other process of this user, nor goroutine of this one, runs the
// tool, as what it fetched is in one folder that such tools write to without asking.
// The kernel takes the lock back from a process that ends.
func lock(ctx context.Context, tool string) (unlock func(), err error) {
	name := filepath.Join(os.TempDir(), fmt.Sprintf("heureka-%s-%d.lock", tool, os.Getuid()))
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil // which unlocks
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = file.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		select {
		case <-time.After(lockPoll):
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("lock %s: %w", name, ctx.Err())
		}
	}
}
