package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// The layout of a bbolt file, version 2, in the machine's byte order:
//
//	page:    id u64, flags u16, count u16, overflow u32; then count elements
//	meta:    magic u32, version u32, page size u32, flags u32, root u64, sequence u64,
//	         free list u64, pages u64, transaction u64, FNV-1a of all before it
//	branch:  position u32, key size u32, page u64
//	leaf:    flags u32, position u32, key size u32, value size u32
//	bucket, a leaf's value: root u64, sequence u64; with root 0 its only page follows
const (
	pageSize   = 4096
	headerSize = 16
	metaMagic  = 0xED0CDAED
	metaLayout = 2
	metaSize   = 64

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10

	elementSize  = 16
	bucketSize   = 16
	flagBucket   = 1
	manyFree     = 0xFFFF // then the number of free pages is the first element
	deepest      = 64     // levels of a tree; with two keys a page it would hold 2^64
	noFreelist   = ^uint64(0)
	firstContent = 2 // pages 0 and 1 are metas
)

// The numbers are in the machine's order of bytes, as bbolt has them.
func u16(b []byte) uint16 { return binary.NativeEndian.Uint16(b) }
func u32(b []byte) uint32 { return binary.NativeEndian.Uint32(b) }
func u64(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }

// meta is where a transaction's trees begin.
type meta struct{ root, freelist, pages, transaction uint64 }

// newestMeta returns the meta that bbolt will use: the later one that is whole.
func newestMeta(file io.ReaderAt) (meta, error) {
	var newest meta
	found := false
	for n := range int64(2) {
		page := make([]byte, headerSize+metaSize)
		if _, err := file.ReadAt(page, n*pageSize); err != nil {
			return meta{}, fmt.Errorf("meta page %d: %w", n, err)
		}
		b := page[headerSize:]
		hash := fnv.New64a()
		hash.Write(b[:metaSize-8])
		if u32(b) != metaMagic || u32(b[4:]) != metaLayout || u64(b[metaSize-8:]) != hash.Sum64() {
			continue
		}
		if at := u32(b[8:]); at != pageSize {
			return meta{}, fmt.Errorf("pages of %d bytes", at)
		}
		m := meta{root: u64(b[16:]), freelist: u64(b[32:]), pages: u64(b[40:]), transaction: u64(b[48:])}
		if !found || m.transaction > newest.transaction {
			newest, found = m, true
		}
	}
	if !found {
		return meta{}, errors.New("neither meta page is whole")
	}
	return newest, nil
}
