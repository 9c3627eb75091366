package store

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// TestPagesThatBboltMustNotSee changes what bbolt would follow without a look: most
// of it would make it run in circles or end the process.
func TestPagesThatBboltMustNotSee(t *testing.T) {
	store, _ := original(t)
	raw := store.db
	m, err := newestMeta(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	order := binary.NativeEndian
	page := func(raw []byte, id uint64) []byte { return raw[id*pageSize:][:pageSize] }
	branch := uint64(0) // one in use: the registry's root
	for id := m.pages - 1; id >= firstContent; id-- {
		if u16(page(raw, id)[8:]) == flagBranch && u64(page(raw, id)) == id {
			if c := (&checker{file: bytes.NewReader(raw), meta: m, used: make([]bool, m.pages)}); c.tree(m.root, nil, nil, true, 0) == nil && c.used[id] {
				branch = id
			}
		}
	}
	if branch == 0 || u16(page(raw, m.freelist)[10:]) == 0 {
		t.Fatal("the store that is to be spoilt has no branch, or no free pages")
	}
	for _, test := range []struct {
		what  string
		spoil func(raw []byte)
		want  string
	}{
		{"a branch that leads to itself", func(raw []byte) { order.PutUint64(page(raw, branch)[headerSize+8:], branch) }, "used twice"},
		{"two ways to one page", func(raw []byte) {
			copy(page(raw, branch)[headerSize+elementSize+8:][:8], page(raw, branch)[headerSize+8:])
		}, "used twice"},
		{"a way out of the file", func(raw []byte) { order.PutUint64(page(raw, branch)[headerSize+8:], m.pages) }, "no page"},
		{"a way to the meta pages", func(raw []byte) { order.PutUint64(page(raw, branch)[headerSize+8:], 1) }, "no page"},
		{"a branch with more keys than have room", func(raw []byte) { order.PutUint16(page(raw, branch)[10:], 60000) }, ""},
		{"a branch without any", func(raw []byte) { order.PutUint16(page(raw, branch)[10:], 0) }, "leads nowhere"},
		{"a key that lies elsewhere", func(raw []byte) { order.PutUint32(page(raw, branch)[headerSize:], 1<<31) }, "lies outside"},
		{"a page of no kind", func(raw []byte) { order.PutUint16(page(raw, branch)[8:], 0) }, "of kind"},
		{"a page that overflows all bounds", func(raw []byte) { order.PutUint32(page(raw, branch)[12:], 1<<30) }, "calls itself"},
		{"a page in another's place", func(raw []byte) { order.PutUint64(page(raw, branch), branch+1) }, "calls itself"},
		{"a free page that is in use", func(raw []byte) { order.PutUint64(page(raw, m.freelist)[headerSize:], branch) }, "can't be free"},
		{"a free page twice", func(raw []byte) {
			copy(page(raw, m.freelist)[headerSize+8:][:8], page(raw, m.freelist)[headerSize:])
			order.PutUint16(page(raw, m.freelist)[10:], 2)
		}, "can't be free"},
		{"more free pages than have room", func(raw []byte) { order.PutUint16(page(raw, m.freelist)[10:], 0xfffe) }, "have room"},
		{"no meta page", func(raw []byte) { clear(raw[:2*pageSize]) }, "neither meta"},
	} {
		t.Run(test.what, func(t *testing.T) {
			spoilt := bytes.Clone(raw)
			test.spoil(spoilt)
			err := checkPages(bytes.NewReader(spoilt), int64(len(spoilt)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("checked with %v, want %q", err, test.want)
			}
		})
	}
}
