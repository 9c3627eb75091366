package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// errOld: the file is of a time that the others remember nothing of.
var errOld = errors.New("too old")

// tooOld reports that what is stored was last written longer ago than
// Config.Departure: incarnations have left the vectors since, so that nobody could
// say which of its instances have ended. A time that isn't known, or is yet to come,
// isn't too old.
func (s *Store) tooOld(now time.Time) error {
	if s.wall == 0 {
		return nil
	}
	written := time.UnixMicro(s.wall).UTC()
	if now.Sub(written) <= s.config.Departure {
		return nil
	}
	return fmt.Errorf("%w: last written %s, more than %s ago", errOld, written.Format(time.RFC3339), s.config.Departure)
}

// readWall returns when the store was last written; 0 if an earlier release did.
func readWall(node *bbolt.Bucket) (int64, error) {
	sealed := node.Get(keyWall())
	if sealed == nil {
		return 0, nil
	}
	content, _, err := open(keyWall(), sealed)
	if err != nil {
		return 0, err
	}
	if len(content) != 8 {
		return 0, errors.New("the time is cut short")
	}
	return int64(binary.LittleEndian.Uint64(content)), nil
}

func encodeWall(wall int64) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(wall)) }
