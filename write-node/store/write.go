package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"heureka/registry"
	"heureka/wire"
	"heureka/write-node/journal"

	"go.etcd.io/bbolt"
)

// Write stores a batch, as a whole or not at all. After an error that isn't
// [ErrLost] what was stored before still is, and the batch, or a later one that has
// it in, may be tried again.
func (s *Store) Write(b *journal.Batch) error {
	if s.db == nil {
		if !b.Whole {
			return ErrLost
		}
		if err := s.reopen(); err != nil {
			return fmt.Errorf("store %s: %w", s.config.Folder, err)
		}
	}
	var after state
	err := guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) (err error) {
			after, err = s.put(tx, b)
			return err
		})
	})
	switch {
	case err == nil && s.missing():
		return s.leave()
	case err == nil:
		s.state = after
		return nil
	case errors.Is(err, errDamaged):
		if err := s.setAside(err); err != nil {
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
		return ErrLost
	}
	return fmt.Errorf("store %s: %w", s.config.Folder, err)
}

// put makes a transaction of a batch and returns the state after it.
func (s *Store) put(tx *bbolt.Tx, b *journal.Batch) (state, error) {
	after := state{records: s.state.records, sum: s.state.sum, vector: b.Vector, horizon: b.Horizon, wall: b.Wall}
	if b.Whole {
		if err := tx.DeleteBucket(bucketRegistry()); err != nil {
			return state{}, fmt.Errorf("%w: %w", errDamaged, err)
		}
		if _, err := tx.CreateBucket(bucketRegistry()); err != nil {
			return state{}, err
		}
		after.records, after.sum = 0, 0
	}
	node, records := tx.Bucket(bucketNode()), tx.Bucket(bucketRegistry())
	if node == nil || records == nil {
		return state{}, errDamaged
	}
	for _, e := range b.Entries {
		if err := after.set(records, e.Slot(), wire.AppendEntry(nil, e)); err != nil {
			return state{}, err
		}
	}
	for _, slot := range b.Gone {
		if err := after.set(records, slot, nil); err != nil {
			return state{}, err
		}
	}
	return after, errors.Join(
		node.Put(keyState(), seal(keyState(), after.encode())),
		node.Put(keyWall(), seal(keyWall(), encodeWall(after.wall))),
	)
}

// set replaces a record by that of a content, or by none if it is nil.
func (s *state) set(records *bbolt.Bucket, of registry.Slot, content []byte) error {
	key := recordKey(of)
	if before := records.Get(key); before != nil {
		if len(before) < hashSize {
			return errDamaged
		}
		s.records--
		s.sum -= binary.LittleEndian.Uint64(before)
	}
	if content == nil {
		return records.Delete(key)
	}
	sealed := seal(key, content)
	s.records++
	s.sum += binary.LittleEndian.Uint64(sealed)
	return records.Put(key, sealed)
}
