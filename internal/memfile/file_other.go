//go:build !linux

package memfile

import (
	"errors"
	"os"
	"syscall"
)

func create() (*os.File, error) { return nil, errors.ErrUnsupported }

func fill(*os.File, [][]byte) (int64, error) { return 0, errors.ErrUnsupported }

func send(syscall.RawConn, *os.File, int64, int64) (int64, error) { return 0, errors.ErrUnsupported }
