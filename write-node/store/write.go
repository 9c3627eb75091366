package store

import (
	"encoding/binary"
	"errors"
	"fmt"

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
	err := guard(func() error { return s.add(b) })
	switch {
	case err == nil && s.missing():
		return s.leave()
	case err == nil:
		return nil
	case errors.Is(err, errDamaged):
		if err := s.setAside(err); err != nil {
			return fmt.Errorf("%w: %w", ErrLost, err)
		}
		return ErrLost
	}
	return fmt.Errorf("store %s: %w", s.config.Folder, err)
}

// add appends a batch to the tail. When the tail is full bbolt takes it over first,
// and what wouldn't fit into an empty one goes to bbolt with it.
func (s *Store) add(b *journal.Batch) error {
	if b.Whole {
		return s.fold(b)
	}
	frame, err := s.tail.encode(b)
	if err != nil {
		return err
	}
	if int64(len(frame)) > s.tail.size {
		return s.fold(b)
	}
	if !s.tail.fits(frame) {
		if err := s.fold(nil); err != nil {
			return err
		}
	}
	return s.tail.append(frame)
}

// fold has bbolt take over the tail and then a batch, if there is one. In the order of
// their keys, many records at once share pages that one by one they would each write.
func (s *Store) fold(b *journal.Batch) error {
	o := &overlay{}
	if b == nil || !b.Whole {
		var err error
		if o, err = s.tail.replay(); err == nil && o.last != s.tail.number {
			err = fmt.Errorf("the tail has %d frames, not %d", o.last, s.tail.number)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	after, empty := s.state, s.tail.empty()
	err := s.db.Update(func(tx *bbolt.Tx) error {
		after = s.state
		node, records, err := buckets(tx, b != nil && b.Whole)
		if err != nil {
			return err
		}
		if b != nil && b.Whole {
			after.records, after.sum = 0, 0
		}
		if err := after.putAll(records, o); err != nil {
			return err
		}
		if b != nil {
			if err := after.putBatch(records, b); err != nil {
				return err
			}
		}
		return errors.Join(after.save(node), node.Put(keyTail(), seal(keyTail(), empty.place())))
	})
	if err == nil {
		s.state, s.tail = after, empty
		s.measure()
	}
	return err
}

// leafFill is how full a page is left that had to be split. Records come many at once and
// in order, and pages are written whole: fuller ones are fewer. Beyond this, what
// comes later splits them the more often.
const leafFill = 0.75

// buckets returns the two buckets; afresh says that no record is kept.
func buckets(tx *bbolt.Tx, afresh bool) (node, records *bbolt.Bucket, err error) {
	if afresh {
		if err := tx.DeleteBucket(bucketRegistry()); err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		if _, err := tx.CreateBucket(bucketRegistry()); err != nil {
			return nil, nil, err
		}
	}
	node, records = tx.Bucket(bucketNode()), tx.Bucket(bucketRegistry())
	if node == nil || records == nil {
		return nil, nil, errDamaged
	}
	records.FillPercent = leafFill
	return node, records, nil
}

// putAll puts the records of a tail.
func (s *state) putAll(records *bbolt.Bucket, o *overlay) error {
	if o.last > 0 {
		s.vector, s.horizon, s.wall = o.vector, o.horizon, o.wall
	}
	at := spot{cursor: records.Cursor()}
	for _, r := range o.records {
		if err := s.set(&at, r.key, r.sealed); err != nil {
			return err
		}
	}
	return nil
}

// putBatch puts the records of a batch.
func (s *state) putBatch(records *bbolt.Bucket, b *journal.Batch) error {
	s.vector, s.horizon, s.wall = b.Vector, b.Horizon, b.Wall
	at := spot{cursor: records.Cursor()}
	for _, e := range b.Entries {
		key := recordKey(e.Slot())
		if err := s.set(&at, key, seal(key, wire.AppendEntry(nil, e))); err != nil {
			return err
		}
	}
	for _, slot := range b.Gone {
		if err := s.set(&at, recordKey(slot), nil); err != nil {
			return err
		}
	}
	return nil
}

// save puts what the records are, all together.
func (s *state) save(node *bbolt.Bucket) error {
	return errors.Join(
		node.Put(keyState(), seal(keyState(), s.encode())),
		node.Put(keyWall(), seal(keyWall(), encodeWall(s.wall))),
	)
}

// set replaces a record by another, or by none if it is nil.
func (s *state) set(at *spot, key, sealed []byte) error {
	if before, found := at.find(key); found {
		if len(before) < hashSize {
			return errDamaged
		}
		s.records--
		s.sum -= binary.LittleEndian.Uint64(before)
	}
	records := at.cursor.Bucket()
	if sealed == nil {
		return records.Delete(key)
	}
	if len(sealed) < hashSize {
		return errDamaged
	}
	s.records++
	s.sum += binary.LittleEndian.Uint64(sealed)
	return records.Put(key, sealed)
}
