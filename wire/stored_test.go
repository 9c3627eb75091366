package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"heureka/cluster"
	"heureka/model"
	"heureka/wire"
)

// TestStoredEntriesKeepTheirBytes compares with files that a release once wrote: a
// node must read what its former release stored.
func TestStoredEntriesKeepTheirBytes(t *testing.T) {
	entries := append(packets()["delta"].(*cluster.Delta).Entries, packets()["overrides"].(*cluster.Delta).Entries...)
	for i, name := range []string{"put", "tombstone", "override", "cleared"} {
		e := entries[i]
		t.Run(name, func(t *testing.T) {
			got := wire.AppendEntry([]byte("x"), e)[1:]
			file := filepath.Join("testdata", "stored_"+name+".hex")
			if *rewrite {
				if err := os.WriteFile(file, []byte(hex.EncodeToString(got)+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := hex.DecodeString(strings.TrimSpace(string(text)))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the bytes differ from %s", file)
			}
			if back, err := wire.DecodeEntry(want); err != nil || !reflect.DeepEqual(back, e) {
				t.Errorf("came back as %+v, %v", back, err)
			}
		})
	}
}

func TestStoredVectors(t *testing.T) {
	for _, v := range []model.Vector{{}, {packetA: 3}, {packetA: 1 << 40, packetB: 2}} {
		back, err := wire.DecodeVector(wire.AppendVector(nil, v))
		if err != nil || !reflect.DeepEqual(back, v) {
			t.Errorf("%v came back as %v, %v", v, back, err)
		}
	}
}

func TestUndecodableStored(t *testing.T) {
	entry := wire.AppendEntry(nil, packets()["delta"].(*cluster.Delta).Entries[0])
	vector := wire.AppendVector(nil, model.Vector{packetA: 3})
	for name, bad := range map[string][]byte{"nothing": {}, "cut off": entry[:len(entry)-1], "a vector": vector} {
		if e, err := wire.DecodeEntry(bad); !errors.Is(err, wire.ErrStored) {
			t.Errorf("an entry of %s: %+v, %v", name, e, err)
		}
	}
	for name, bad := range map[string][]byte{"cut off": vector[:len(vector)-1], "an entry's": entry[len(entry)-9:]} {
		if v, err := wire.DecodeVector(bad); !errors.Is(err, wire.ErrStored) {
			t.Errorf("a vector of what is %s: %v, %v", name, v, err)
		}
	}
}
