package wire_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/wire"

	"github.com/google/uuid"
)

// An encoder that has encoded other things before encodes as a new one does.
func TestAnEncoderIsUsedAgain(t *testing.T) {
	var e wire.Encoder
	many := model.Vector{}
	for n := range 30 { // more incarnations than are looked through
		many[model.Incarnation{Name: fmt.Sprint(n), ID: uuid.UUID{15: byte(n + 1)}}] = 7
	}
	for range 2 {
		for name, m := range packets() {
			want, err := wire.EncodePacket(m)
			if err != nil {
				t.Fatal(err)
			}
			e.AppendVector(nil, many)
			got, err := e.Packet(m)
			back, unread := wire.DecodePacket(got)
			again, _ := wire.DecodePacket(want)
			if err != nil || unread != nil || len(got) != len(want) || !reflect.DeepEqual(back, again) {
				t.Errorf("%s: %x, %v, not %x", name, got, err, want)
			}
			if d, ok := m.(*cluster.Delta); ok {
				e.AppendVector(nil, many)
				if got := e.AppendEntry(nil, d.Entries[0]); !bytes.Equal(got, wire.AppendEntry(nil, d.Entries[0])) {
					t.Errorf("an entry of %s: %x", name, got)
				}
			}
		}
	}
}

func TestAWarmEncoderAllocatesNothing(t *testing.T) {
	var e wire.Encoder
	inc := model.Incarnation{Name: "write-1", ID: uuid.UUID{15: 1}}
	d := &cluster.Delta{Delta: registry.Delta{Incarnation: inc, To: 2}}
	for n := range uint64(2) {
		in := &model.Instance{App: "A", ID: fmt.Sprint(n), Metadata: map[string]string{"pad": fmt.Sprintf("%400d", n)}}
		d.Entries = append(d.Entries, &registry.Entry{Key: in.Key(), Dot: model.Dot{Incarnation: inc, Seq: n + 1}, Instance: model.Pack(in.Canonical())})
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := e.Packet(d); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("a delta takes %v allocations", n)
	}
	room := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { e.AppendEntry(room, d.Entries[0]) }); n > 0 {
		t.Errorf("an entry takes %v", n)
	}
}
