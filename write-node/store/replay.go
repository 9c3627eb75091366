package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"

	"heureka/model"
	"heureka/wire"
)

// overlay is what the tail's frames change of what bbolt has.
type overlay struct {
	records         []record     // one for each key, in bbolt's order
	vector, horizon model.Vector // after the last frame
	covers, forgets []byte       // the same, encoded
	wall            int64
	end             int64  // of the last frame
	last            uint64 // its number; 0: there is none
}

// record is what is stored of a key; nil: nothing any more.
type record struct {
	key, sealed []byte
	place       int // among all that were said
}

func (o *overlay) say(key, sealed []byte) {
	o.records = append(o.records, record{key, sealed, len(o.records)})
}

// settle keeps what was said last: of each of the keys, which are brought into their order,
// and of the vectors.
func (o *overlay) settle() (err error) {
	slices.SortFunc(o.records, func(a, b record) int {
		if c := bytes.Compare(a.key, b.key); c != 0 {
			return c
		}
		return a.place - b.place
	})
	kept := o.records[:0]
	for i, r := range o.records {
		if i+1 == len(o.records) || !bytes.Equal(r.key, o.records[i+1].key) {
			kept = append(kept, r)
		}
	}
	o.records = kept
	if o.last == 0 {
		return nil
	}
	if o.vector, err = wire.DecodeVector(o.covers); err != nil {
		return err
	}
	o.horizon, err = wire.DecodeVector(o.forgets)
	return err
}

// changes reports whether a key is among those that are changed.
func (o *overlay) changes(key []byte) bool {
	_, found := slices.BinarySearchFunc(o.records, key, func(r record, key []byte) int { return bytes.Compare(r.key, key) })
	return found
}

// openTail opens the tail that bbolt's file says belongs to it.
func openTail(path string, size int64, generation uint64) (tail, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return tail{}, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() != size {
		err = fmt.Errorf("the tail has %d bytes, not %d", info.Size(), size)
	}
	if err != nil {
		return tail{}, errors.Join(err, file.Close())
	}
	return tail{file: file, size: size, generation: generation}, nil
}

// replay reads the tail's frames. One that isn't whole is the last, whose writing was
// interrupted, and hasn't been acknowledged: it counts for nothing. If another
// follows it, something else has happened. What it returns is valid until the next
// call.
func (t *tail) replay() (*overlay, error) {
	all, err := t.content()
	if err != nil {
		return nil, err
	}
	o := &overlay{records: t.records[:0]}
	for {
		frame := t.frameAt(all, o.end)
		if frame == nil || binary.LittleEndian.Uint64(frame[16:]) != o.last+1 {
			break
		}
		if err := o.apply(frame[frameHead:]); err != nil {
			return nil, fmt.Errorf("frame %d of the tail: %w", o.last+1, err)
		}
		o.end += aligned(len(frame))
		o.last++
	}
	for at := o.end; at+frameHead <= t.size; at += frameAlign {
		if t.frameAt(all, at) != nil {
			return nil, fmt.Errorf("the tail is interrupted behind frame %d", o.last)
		}
	}
	if err := o.settle(); err != nil {
		return nil, fmt.Errorf("frame %d of the tail: %w", o.last, err)
	}
	t.records = o.records
	return o, nil
}

// frameAt returns the whole frame of this generation at a place; nil if there is none.
func (t *tail) frameAt(all []byte, at int64) []byte {
	if at+frameHead > int64(len(all)) {
		return nil
	}
	head := all[at:]
	size := int64(binary.LittleEndian.Uint32(head[4:]))
	if binary.LittleEndian.Uint32(head) != frameMagic || binary.LittleEndian.Uint64(head[8:]) != t.generation ||
		size > int64(len(head)-frameHead) {
		return nil
	}
	frame := head[:frameHead+size]
	if binary.LittleEndian.Uint64(frame[24:]) != frameHash(frame) {
		return nil
	}
	return frame
}

// errFrame: a frame's hash is right, and its content isn't.
var errFrame = errors.New("cut short")

// apply takes in a frame's content. The records share its bytes.
func (o *overlay) apply(content []byte) error {
	vector, content, whole := cutSized(content)
	horizon, content, too := cutSized(content)
	if !whole || !too || len(content) < 8 {
		return errFrame
	}
	o.covers, o.forgets = vector, horizon
	o.wall = int64(binary.LittleEndian.Uint64(content))
	for content = content[8:]; len(content) > 0; {
		var key, value []byte
		if key, content, whole = cutSized(content); !whole || len(content) == 0 {
			return errFrame
		}
		if content[0] == 0 {
			o.say(key, nil)
			content = content[1:]
			continue
		}
		size, n := binary.Uvarint(content)
		if n <= 0 || size-1 > uint64(len(content)-n) {
			return errFrame
		}
		value, content = content[n:][:size-1:size-1], content[n:][size-1:]
		o.say(key, value)
	}
	return nil
}

// cutSized cuts what appendSized appended from the front.
func cutSized(b []byte) (content, rest []byte, whole bool) {
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return nil, nil, false
	}
	return b[n:][:size], b[n:][size:], true
}
