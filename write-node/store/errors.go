package store

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrLocked: another process uses the folder.
var ErrLocked = errors.New("another process uses it")

// ErrLost: nothing is stored any more, and the next batch must be a whole one. Why
// is in the log.
var ErrLost = errors.New("the store lost what it held")

// ForeignError says that a folder holds the store of another node.
type ForeignError struct {
	File          string
	Cluster, Node string // whose it is
}

func (f *ForeignError) Error() string {
	return fmt.Sprintf("%s belongs to node %s of cluster %s: every node needs a folder of its own", f.File, f.Node, f.Cluster)
}

// passing reports whether an error is of a disk that may recover, not of a wrong
// setting.
func passing(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EIO)
}
