package store

import (
	"errors"
	"fmt"

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
		contents, err = s.readEntries(records)
		return err
	})
	var foreign *ForeignError
	if err != nil && !errors.As(err, &foreign) {
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

// readEntries reads all records, which must be those that the state tells of.
func (s *Store) readEntries(records *bbolt.Bucket) (Contents, error) {
	contents := Contents{Vector: s.state.vector, Horizon: s.state.horizon}
	var sum uint64
	err := records.ForEach(func(key, sealed []byte) error {
		e, hash, err := readEntry(key, sealed)
		if err != nil {
			return err
		}
		if !contents.Vector.Covers(e.Dot) {
			return fmt.Errorf("record %.80q is beyond the vector", key)
		}
		sum += hash
		contents.Entries = append(contents.Entries, e)
		return nil
	})
	if err == nil && (sum != s.state.sum || uint64(len(contents.Entries)) != s.state.records) {
		err = fmt.Errorf("it holds %d records, not the %d that were written", len(contents.Entries), s.state.records)
	}
	if err != nil {
		return Contents{}, err
	}
	return contents, nil
}

// begin writes the store of an empty map.
func (s *Store) begin() error {
	id, err := encodeIdentity(identity{Format: format, Cluster: s.config.Cluster, Node: s.config.Node})
	if err != nil {
		return err
	}
	empty := state{vector: model.Vector{}, horizon: model.Vector{}}
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
		return node.Put(keyState(), seal(keyState(), empty.encode()))
	})
}

func bucketNode() []byte     { return []byte("node") }
func bucketRegistry() []byte { return []byte("registry") }
func keyIdentity() []byte    { return []byte("identity") }
func keyState() []byte       { return []byte("state") }
func keyWall() []byte        { return []byte("wall") }
