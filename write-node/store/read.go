package store

import (
	"errors"
	"fmt"
	"io/fs"

	"heureka/model"

	"go.etcd.io/bbolt"
)

// readAll reads everything and compares it with what it should be. What differs is
// errDamaged.
func (s *Store) readAll() (Contents, error) {
	var contents Contents
	err := s.db.View(func(tx *bbolt.Tx) (err error) {
		node, records := tx.Bucket(bucketNode()), tx.Bucket(bucketRegistry())
		if node == nil || records == nil {
			return errors.New("it lacks a bucket")
		}
		if err := s.checkIdentity(node); err != nil {
			return err
		}
		content, _, err := open(keyState(), node.Get(keyState()))
		if err != nil {
			return err
		}
		if s.state, err = decodeState(content); err != nil {
			return err
		}
		if s.state.wall, err = readWall(node); err != nil {
			return err
		}
		o, err := s.readTail(node)
		if err != nil {
			return err
		}
		s.wall = s.state.wall
		if o.last > 0 {
			s.wall = o.wall
		}
		contents, err = s.readEntries(records, o)
		return err
	})
	var foreign *ForeignError
	var system *fs.PathError // of the tail
	known := errors.As(err, &foreign) || errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist)
	if err != nil && !known {
		err = fmt.Errorf("%w: %w", errDamaged, err)
	}
	return contents, err
}

// checkIdentity reports that the store is another node's.
func (s *Store) checkIdentity(node *bbolt.Bucket) error {
	content, _, err := open(keyIdentity(), node.Get(keyIdentity()))
	if err != nil {
		return err
	}
	id, err := decodeIdentity(content)
	if err != nil {
		return err
	}
	if id.Cluster != s.config.Cluster || id.Node != s.config.Node {
		return &ForeignError{File: s.path, Cluster: id.Cluster, Node: id.Node}
	}
	return nil
}

// readTail opens the tail and reads what it changes.
func (s *Store) readTail(node *bbolt.Bucket) (*overlay, error) {
	content, _, err := open(keyTail(), node.Get(keyTail()))
	if err != nil {
		return nil, err
	}
	generation, size, err := decodePlace(content)
	if err != nil {
		return nil, err
	}
	if s.tail, err = openTail(s.tailPath(), size, generation); err != nil {
		return nil, err
	}
	o, err := s.tail.replay()
	if err != nil {
		return nil, err
	}
	s.tail.at, s.tail.number = o.end, o.last
	return o, nil
}

// readEntries reads all records, which must be those that the state tells of, and
// then what the tail changes of them.
func (s *Store) readEntries(records *bbolt.Bucket, o *overlay) (Contents, error) {
	var contents Contents
	var sum, count uint64
	err := records.ForEach(func(key, sealed []byte) error {
		hash, err := contents.add(key, sealed, s.state.vector, o)
		sum += hash
		count++
		return err
	})
	if err == nil && (sum != s.state.sum || count != s.state.records) {
		err = fmt.Errorf("it holds %d records, not the %d that were written", count, s.state.records)
	}
	contents.Vector, contents.Horizon = s.state.vector, s.state.horizon
	if o.last > 0 {
		contents.Vector, contents.Horizon = o.vector, o.horizon
	}
	for _, r := range o.records {
		if err == nil && r.sealed != nil {
			_, err = contents.add(r.key, r.sealed, o.vector, &overlay{})
		}
	}
	if err != nil {
		return Contents{}, err
	}
	return contents, nil
}

// add takes in a record, which that vector must cover, unless the tail changes it.
func (c *Contents) add(key, sealed []byte, covered model.Vector, o *overlay) (hash uint64, err error) {
	if o.changes(key) {
		_, hash, err = open(key, sealed)
		return hash, err
	}
	e, hash, err := readEntry(key, sealed)
	if err != nil {
		return 0, err
	}
	if !covered.Covers(e.Dot) {
		return 0, fmt.Errorf("record %.80q is beyond the vector", key)
	}
	c.Entries = append(c.Entries, e)
	return hash, nil
}

// begin writes the store of an empty map.
func (s *Store) begin() error {
	id, err := encodeIdentity(identity{Format: format, Cluster: s.config.Cluster, Node: s.config.Node})
	if err != nil {
		return err
	}
	empty := state{vector: model.Vector{}, horizon: model.Vector{}}
	if s.tail, err = createTail(s.tailPath(), s.config.tailSize()); err != nil {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		node, err := tx.CreateBucket(bucketNode())
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucket(bucketRegistry()); err != nil {
			return err
		}
		if err := node.Put(keyIdentity(), seal(keyIdentity(), id)); err != nil {
			return err
		}
		s.state = empty
		return errors.Join(
			node.Put(keyState(), seal(keyState(), empty.encode())),
			node.Put(keyTail(), seal(keyTail(), s.tail.place())),
		)
	})
}

func bucketNode() []byte     { return []byte("node") }
func bucketRegistry() []byte { return []byte("registry") }
func keyIdentity() []byte    { return []byte("identity") }
func keyState() []byte       { return []byte("state") }
func keyWall() []byte        { return []byte("wall") }
func keyTail() []byte        { return []byte("tail") }
