package wire_test

import (
	"bytes"
	"testing"

	"heureka/model"
	"heureka/wire"
)

// TestPutsOfPackedInstances: whoever has an instance packed says the very bytes of
// whoever has it as a struct.
func TestPutsOfPackedInstances(t *testing.T) {
	versions := []model.Version{
		{},
		{Time: 1, Incarnation: packetA},
		{Time: 77 << 12, Turn: 3, Incarnation: packetB, Override: 78 << 12},
	}
	for _, in := range []*model.Instance{{App: "A", ID: "i", Status: model.StatusUp}, fullInstance(), record().Instance} {
		for _, v := range versions {
			for _, f := range formats {
				want, err := f.Append([]byte("before"), &wire.Put{Version: v.String(), Hash: wire.FormatHash(in.Hash()), Instance: in})
				if err != nil {
					t.Fatal(err)
				}
				got, err := f.AppendPut([]byte("before"), v, in.Hash(), model.Pack(in))
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s, %s at %s: %q, %v, want %q", f.Subprotocol(), in.Key(), v, got, err, want)
				}
			}
		}
	}
}

func BenchmarkPutOfPacked(b *testing.B) {
	in := record().Instance
	packed, hash, version := model.Pack(in), in.Hash(), model.Version{Time: 77 << 12, Incarnation: packetA}
	for _, f := range formats {
		b.Run(f.Subprotocol(), func(b *testing.B) {
			var frame []byte
			var err error
			b.ReportAllocs()
			for b.Loop() {
				if frame, err = f.AppendPut(frame[:0], version, hash, packed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
