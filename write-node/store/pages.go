package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// checker walks the pages of a file that nobody changes meanwhile.
type checker struct {
	file io.ReaderAt
	meta meta
	used []bool // by page
}

// checkPages reports why bbolt shouldn't be given a file of that size: a page that
// isn't what it should be, or isn't there, or belongs to two, or keys out of order.
func checkPages(file io.ReaderAt, size int64) error {
	m, err := newestMeta(file)
	if err != nil {
		return err
	}
	if m.pages < firstContent || m.pages > uint64(size)/pageSize {
		return fmt.Errorf("%d pages in a file of %d bytes", m.pages, size)
	}
	c := &checker{file: file, meta: m, used: make([]bool, m.pages)}
	if err := c.tree(m.root, nil, nil, true, 0); err != nil {
		return err
	}
	return c.free()
}

// read returns a page with those that overflow it, which from now on are in use.
func (c *checker) read(id uint64) ([]byte, error) {
	var header [headerSize]byte
	if id < firstContent || id >= c.meta.pages {
		return nil, fmt.Errorf("no page %d among %d", id, c.meta.pages)
	}
	if _, err := c.file.ReadAt(header[:], int64(id)*pageSize); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	overflow := uint64(u32(header[12:]))
	if u64(header[:]) != id || id+overflow >= c.meta.pages {
		return nil, fmt.Errorf("page %d calls itself %d, of %d more", id, u64(header[:]), overflow)
	}
	for n := id; n <= id+overflow; n++ {
		if c.used[n] {
			return nil, fmt.Errorf("page %d is used twice", n)
		}
		c.used[n] = true
	}
	page := make([]byte, (1+overflow)*pageSize)
	if _, err := c.file.ReadAt(page, int64(id)*pageSize); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	return page, nil
}

// tree checks what hangs on a page: keys from least on, below limit; nil is no
// bound. Only the outermost tree holds buckets.
func (c *checker) tree(id uint64, least, limit []byte, outermost bool, depth int) error {
	if depth > deepest {
		return errors.New("a tree without end")
	}
	page, err := c.read(id)
	if err == nil {
		err = c.page(page, least, limit, outermost, depth)
	}
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

func (c *checker) page(page, least, limit []byte, outermost bool, depth int) error {
	switch flags := u16(page[8:]); flags {
	case flagLeaf:
		return c.leaf(page, least, limit, outermost, depth)
	case flagBranch:
		return c.branch(page, least, limit, outermost, depth)
	default:
		return fmt.Errorf("is of kind %#x", flags)
	}
}

func (c *checker) branch(page, least, limit []byte, outermost bool, depth int) error {
	count := int(u16(page[10:]))
	if count == 0 {
		return errors.New("a branch that leads nowhere")
	}
	keys, children := make([][]byte, count), make([]uint64, count)
	for i := range count {
		at := headerSize + i*elementSize
		if at+elementSize > len(page) {
			return errors.New("more elements than have room")
		}
		var err error
		if keys[i], _, err = pair(page, at, u32(page[at:]), u32(page[at+4:]), 0); err != nil {
			return err
		}
		children[i] = u64(page[at+8:])
		if err := ordered(keys, i, least, limit); err != nil {
			return err
		}
	}
	for i, child := range children {
		below := limit
		if i+1 < count {
			below = keys[i+1]
		}
		if err := c.tree(child, keys[i], below, outermost, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) leaf(page, least, limit []byte, outermost bool, depth int) error {
	count := int(u16(page[10:]))
	keys := make([][]byte, count)
	for i := range count {
		at := headerSize + i*elementSize
		if at+elementSize > len(page) {
			return errors.New("more elements than have room")
		}
		key, value, err := pair(page, at, u32(page[at+4:]), u32(page[at+8:]), u32(page[at+12:]))
		if err != nil {
			return err
		}
		keys[i] = key
		if err := ordered(keys, i, least, limit); err != nil {
			return err
		}
		switch bucket := u32(page[at:]); {
		case outermost && bucket == flagBucket:
			if err := c.bucket(value, depth); err != nil {
				return fmt.Errorf("bucket %.40q: %w", key, err)
			}
		case outermost || bucket != 0:
			return fmt.Errorf("element %d is of kind %#x", i, bucket)
		}
	}
	return nil
}

// bucket checks a bucket's tree, or the page that its value holds.
func (c *checker) bucket(value []byte, depth int) error {
	if len(value) < bucketSize {
		return errors.New("cut short")
	}
	if root := u64(value); root != 0 {
		return c.tree(root, nil, nil, false, depth+1)
	}
	inline := value[bucketSize:]
	if len(inline) < headerSize || u64(inline) != 0 || u16(inline[8:]) != flagLeaf {
		return errors.New("holds no page")
	}
	return c.leaf(inline, nil, nil, false, depth+1)
}

// pair returns the key and value of the element at a place of a page.
func pair(page []byte, at int, position, key, value uint32) (k, v []byte, err error) {
	from := uint64(at) + uint64(position)
	if position < elementSize || from+uint64(key)+uint64(value) > uint64(len(page)) {
		return nil, nil, errors.New("an element lies outside")
	}
	return page[from : from+uint64(key)], page[from+uint64(key) : from+uint64(key)+uint64(value)], nil
}

// ordered checks the last of the keys so far.
func ordered(keys [][]byte, i int, least, limit []byte) error {
	switch key := keys[i]; {
	case len(key) == 0 || least != nil && bytes.Compare(key, least) < 0 || limit != nil && bytes.Compare(key, limit) >= 0,
		i > 0 && bytes.Compare(keys[i-1], key) >= 0:
		return fmt.Errorf("key %d is out of order", i)
	}
	return nil
}
