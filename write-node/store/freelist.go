package store

import (
	"errors"
	"fmt"
)

// free checks that the free pages are in order, are there, and aren't in use.
func (c *checker) free() error {
	if c.meta.freelist == noFreelist {
		return errors.New("no list of free pages")
	}
	page, err := c.read(c.meta.freelist)
	if err != nil {
		return fmt.Errorf("free pages: %w", err)
	}
	if u16(page[8:]) != flagFreelist {
		return errors.New("free pages: it is something else")
	}
	count, list := uint64(u16(page[10:])), page[headerSize:]
	if count == manyFree {
		count, list = u64(list), list[8:]
	}
	if count > uint64(len(list))/8 {
		return errors.New("free pages: more than have room")
	}
	last := uint64(0)
	for i := range count {
		id := u64(list[8*i:])
		if id < firstContent || id <= last || id >= c.meta.pages || c.used[id] {
			return fmt.Errorf("page %d can't be free", id)
		}
		last = id
	}
	return nil
}
