package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// TestSpotFindsWhatIsThere puts, replaces and deletes in rising and in any order, and
// holds each look against a map.
func TestSpotFindsWhatIsThere(t *testing.T) {
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "spots"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	random := rand.New(rand.NewPCG(1, 2))
	twin := map[string]string{}
	for round := range 40 {
		err := db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("records"))
			if err != nil {
				return err
			}
			at := spot{cursor: bucket.Cursor()}
			next := 0
			for range 300 {
				if next += random.IntN(4); random.IntN(20) == 0 {
					next = random.IntN(2000) // and not rising for once
				}
				key := fmt.Sprintf("%05d", next)
				held, there := twin[key]
				sealed, found := at.find([]byte(key))
				if found != there || string(sealed) != held {
					t.Fatalf("round %d: %s is found %v %q instead of %v %q", round, key, found, sealed, there, held)
				}
				if random.IntN(3) == 0 {
					delete(twin, key)
					err = bucket.Delete([]byte(key))
				} else {
					twin[key] = fmt.Sprint(round, next)
					err = bucket.Put([]byte(key), []byte(twin[key]))
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
}
