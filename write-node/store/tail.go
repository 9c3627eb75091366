package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"heureka/registry"
	"heureka/wire"
	"heureka/write-node/journal"

	"github.com/cespare/xxhash/v2"
	"go.etcd.io/bbolt"
)

// The tail is a file of a fixed size, zeros at first, with a frame for each batch
// that bbolt doesn't have yet, each at a place that frameAlign divides:
//
//	magic u32, size u32 of the content, generation u64, number u64, hash u64 of all of it
//	content: vector, horizon: size uvarint, bytes; wall u64; records
//	record:  key: size uvarint, bytes; value: size + 1 uvarint, bytes as in bbolt; 0: none any more
//
// Frames are numbered from 1 in each generation. When bbolt has taken them over it
// says so by the next generation, and the tail begins again at its beginning, over
// frames that mean nothing any more.
const (
	tailName   = "registry.tail"
	tailSize   = 4 << 20
	maxTail    = 1 << 30 // that is read
	frameMagic = 0x4b455248
	frameHead  = 32
	frameAlign = 8
)

// tail is where batches are appended.
type tail struct {
	file       *os.File // nil while nothing is stored
	size       int64
	generation uint64
	at         int64  // where the next frame goes
	number     uint64 // of the last frame; 0: none in this generation

	encoder wire.Encoder
	// All used again:
	frame, entry, all []byte
	records           []record
}

// createTail makes an empty tail of a size, instead of what is there. Its room is
// taken at once: a disk that is full later isn't in the way of appending.
func createTail(path string, size int64) (t tail, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return tail{}, err
	}
	zeros := make([]byte, min(size, 1<<18))
	for left := size; left > 0 && err == nil; left -= int64(len(zeros)) {
		_, err = file.Write(zeros[:min(left, int64(len(zeros)))])
	}
	if err != nil {
		return tail{}, errors.Join(err, file.Close(), os.Remove(path))
	}
	return tail{file: file, size: size}, nil
}

// empty returns the tail as it is after bbolt has taken it over.
func (t tail) empty() tail {
	t.generation, t.at, t.number = t.generation+1, 0, 0
	return t
}

// append writes a frame, which fits.
func (t *tail) append(frame []byte) error {
	binary.LittleEndian.PutUint64(frame[8:], t.generation)
	binary.LittleEndian.PutUint64(frame[16:], t.number+1)
	binary.LittleEndian.PutUint64(frame[24:], frameHash(frame))
	if _, err := t.file.WriteAt(frame, t.at); err != nil {
		return err
	}
	t.at += aligned(len(frame))
	t.number++
	return nil
}

// encode returns the frame of a batch, without its place and its hash. It is valid
// until the next call.
func (t *tail) encode(b *journal.Batch) (_ []byte, err error) {
	frame := append(t.frame[:0], make([]byte, frameHead)...)
	frame = appendSized(frame, t.encoder.AppendVector(t.entry[:0], b.Vector))
	frame = appendSized(frame, t.encoder.AppendVector(t.entry[:0], b.Horizon))
	frame = binary.LittleEndian.AppendUint64(frame, uint64(b.Wall))
	for _, e := range b.Entries {
		t.entry = t.encoder.AppendEntry(t.entry[:0], e)
		if frame, err = appendRecord(frame, e.Slot(), t.entry); err != nil {
			return nil, err
		}
	}
	for _, slot := range b.Gone {
		if frame, err = appendRecord(frame, slot, nil); err != nil {
			return nil, err
		}
	}
	binary.LittleEndian.PutUint32(frame, frameMagic)
	binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)-frameHead))
	t.frame = frame
	if int64(cap(frame)) > t.size {
		t.frame = nil // one that large goes past the tail
	}
	return frame, nil
}

// appendRecord appends what is stored of a content; nil: nothing any more.
func appendRecord(frame []byte, of registry.Slot, content []byte) ([]byte, error) {
	size := recordKeySize(of)
	if size > bbolt.MaxKeySize {
		return nil, fmt.Errorf("a key of %d bytes: %w", size, errKey)
	}
	frame = binary.AppendUvarint(frame, uint64(size))
	from := len(frame)
	frame = appendRecordKey(frame, of)
	key := frame[from:]
	if content == nil {
		return append(frame, 0), nil
	}
	frame = binary.AppendUvarint(frame, uint64(hashSize+len(content)+1))
	frame = binary.LittleEndian.AppendUint64(frame, hashOf(key, content))
	return append(frame, content...), nil
}

// errKey: bbolt would refuse a key when it is too late.
var errKey = errors.New("more than the store takes")

func appendSized(b, content []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(content))), content...)
}

func aligned(size int) int64 { return (int64(size) + frameAlign - 1) / frameAlign * frameAlign }

// fits reports whether a frame has room behind those that are there.
func (t *tail) fits(frame []byte) bool { return t.at+int64(len(frame)) <= t.size }

// frameHash is that of all of a frame but its hash.
func frameHash(frame []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write(frame[:24]) // a hash never fails
	_, _ = d.Write(frame[frameHead:])
	return d.Sum64()
}

// content returns all bytes of the tail. They are valid until the next call.
func (t *tail) content() ([]byte, error) {
	if t.all == nil {
		t.all = make([]byte, t.size)
	}
	n, err := t.file.ReadAt(t.all, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	clear(t.all[n:])
	return t.all, nil
}

func (t *tail) close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}
