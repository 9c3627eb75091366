package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"heureka/model"
	"heureka/registry"
	"heureka/wire"

	"github.com/cespare/xxhash/v2"
)

// kind begins the keys of records.
type kind byte

const (
	kindInstance kind = 'i'
	kindOverride kind = 'o'
)

// appendRecordKey is the one place where keys of records are made. An application has
// no byte 0, so that no two keys are the same.
func appendRecordKey(to []byte, slot registry.Slot) []byte {
	k := kindInstance
	if slot.Override {
		k = kindOverride
	}
	to = append(to, byte(k))
	to = append(to, slot.Key.App...)
	to = append(to, 0)
	return append(to, slot.Key.ID...)
}

func recordKeySize(slot registry.Slot) int { return 2 + len(slot.Key.App) + len(slot.Key.ID) }

func recordKey(slot registry.Slot) []byte {
	return appendRecordKey(make([]byte, 0, recordKeySize(slot)), slot)
}

const hashSize = 8

// seal returns what is stored of a content: with a hash of key and content first.
func seal(key, content []byte) []byte {
	out := make([]byte, hashSize, hashSize+len(content))
	binary.LittleEndian.PutUint64(out, hashOf(key, content))
	return append(out, content...)
}

func hashOf(key, content []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(key)))
	_, _ = d.Write(size[:]) // a hash never fails
	_, _ = d.Write(key)
	_, _ = d.Write(content)
	return d.Sum64()
}

// open returns the content of what seal made, and its hash.
func open(key, sealed []byte) ([]byte, uint64, error) {
	if len(sealed) < hashSize {
		return nil, 0, fmt.Errorf("record %.80q is cut short", key)
	}
	hash, content := binary.LittleEndian.Uint64(sealed), sealed[hashSize:]
	if hash != hashOf(key, content) {
		return nil, 0, fmt.Errorf("record %.80q isn't what was written", key)
	}
	return content, hash, nil
}

// readEntry reads a record's entry.
func readEntry(key, sealed []byte) (*registry.Entry, uint64, error) {
	content, hash, err := open(key, sealed)
	if err != nil {
		return nil, 0, err
	}
	e, err := wire.DecodeEntry(content)
	if err != nil {
		return nil, 0, fmt.Errorf("record %.80q: %w", key, err)
	}
	if string(recordKey(e.Slot())) != string(key) {
		return nil, 0, fmt.Errorf("record %.80q holds %s", key, e.Key)
	}
	return e, hash, nil
}

// format is the version of all this. A store of another one is set aside.
const format = 2

// identity says whose store it is.
type identity struct {
	Format  int    `json:"format"`
	Cluster string `json:"cluster"`
	Node    string `json:"node"`
}

// place says which generation of a tail continues what bbolt has, and the tail's size.
func (t *tail) place() []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, t.generation), uint64(t.size))
}

func decodePlace(b []byte) (generation uint64, size int64, err error) {
	if len(b) != 16 || binary.LittleEndian.Uint64(b[8:]) > maxTail {
		return 0, 0, errors.New("the tail's place is nonsense")
	}
	return binary.LittleEndian.Uint64(b), int64(binary.LittleEndian.Uint64(b[8:])), nil
}

// state is what bbolt's records are, all together.
type state struct {
	records         uint64
	sum             uint64 // of the records' hashes, modulo 2^64
	vector, horizon model.Vector
	wall            int64 // see journal.Batch; in a record of its own
}

// encode returns: records u64, sum u64, length of the vector u64, vector, horizon.
func (s *state) encode() []byte {
	vector := wire.AppendVector(nil, s.vector)
	out := make([]byte, 24, 24+2*len(vector))
	binary.LittleEndian.PutUint64(out, s.records)
	binary.LittleEndian.PutUint64(out[8:], s.sum)
	binary.LittleEndian.PutUint64(out[16:], uint64(len(vector)))
	return wire.AppendVector(append(out, vector...), s.horizon)
}

func decodeState(b []byte) (s state, err error) {
	if len(b) < 24 || binary.LittleEndian.Uint64(b[16:]) > uint64(len(b)-24) {
		return state{}, errors.New("the state is cut short")
	}
	s.records, s.sum = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	end := 24 + binary.LittleEndian.Uint64(b[16:])
	if s.vector, err = wire.DecodeVector(b[24:end]); err != nil {
		return state{}, fmt.Errorf("the vector: %w", err)
	}
	if s.horizon, err = wire.DecodeVector(b[end:]); err != nil {
		return state{}, fmt.Errorf("the horizon: %w", err)
	}
	return s, nil
}

func encodeIdentity(id identity) ([]byte, error) { return json.Marshal(id) }

func decodeIdentity(b []byte) (identity, error) {
	var id identity
	if err := json.Unmarshal(b, &id); err != nil {
		return identity{}, fmt.Errorf("whose store it is: %w", err)
	}
	if id.Format != format {
		return identity{}, fmt.Errorf("it has format %d, this release reads %d", id.Format, format)
	}
	return id, nil
}
