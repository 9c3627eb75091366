package store

import (
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// spoil changes a store as only bbolt can: the values of the node's bucket, under
// "delete" any record and under "put" one more.
func spoil(t *testing.T, folder string, change func(node map[string][]byte)) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(folder, fileName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		node, records := tx.Bucket(bucketNode()), tx.Bucket(bucketRegistry())
		values := map[string][]byte{}
		change(values)
		for key, value := range values {
			var err error
			switch {
			case key == "delete":
				first, _ := records.Cursor().First()
				err = records.Delete(first)
			case key == "put":
				err = records.Put(recordKey(entry(99, 1, true).Slot()), seal(recordKey(entry(99, 1, true).Slot()), value))
			case value == nil:
				err = node.Delete([]byte(key))
			default:
				err = node.Put([]byte(key), seal([]byte(key), value))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
