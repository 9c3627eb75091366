package proto_test

import (
	"errors"
	"math"
	"testing"

	"heureka/internal/proto"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is what a reader has to say of one field.
type field struct {
	number proto.Number
	value  uint64
	text   string
}

func read(message string) (out []field, err error) {
	r := proto.Read(message)
	for r.Next() {
		out = append(out, field{r.Field, r.Number, r.Text})
	}
	return out, r.Err()
}

// plainly reads a message as protowire does. It reports false for what it can't
// read, and for groups.
func plainly(message []byte) (out []field, ok bool) {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return out, false
		}
		message = message[n:]
		f := field{number: number}
		var small uint32
		var bytes []byte
		switch kind {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(message)
		case protowire.Fixed64Type:
			f.value, n = protowire.ConsumeFixed64(message)
		case protowire.Fixed32Type:
			small, n = protowire.ConsumeFixed32(message)
			f.value = uint64(small)
		case protowire.BytesType:
			bytes, n = protowire.ConsumeBytes(message)
			f.text = string(bytes)
		default:
			return out, false
		}
		if n < 0 {
			return out, false
		}
		message = message[n:]
		out = append(out, f)
	}
	return out, true
}

// sample has a field of every kind.
func sample() []byte {
	b := proto.AppendText(nil, 1, "one")
	b = proto.AppendText(b, 2, "")
	b = proto.AppendElement(b, 3, "")
	b = proto.AppendNumber(b, 4, math.MaxUint64)
	b = proto.AppendNumber(b, 5, 0)
	b = proto.AppendFixed(b, 6, 1<<63)
	b = proto.AppendFlag(b, 7, true)
	b = proto.AppendFlag(b, 8, false)
	b = proto.AppendBytes(b, 9, []byte("bytes"))
	b = protowire.AppendFixed32(protowire.AppendTag(b, 1<<20, protowire.Fixed32Type), 7)
	return proto.AppendMessage(b, 10, func(b []byte) []byte {
		b, at := proto.Open(b, 1)
		return proto.Close(append(b, make([]byte, 200)...), at)
	})
}

func FuzzReader(f *testing.F) {
	f.Add(sample())
	f.Add([]byte{0x0b, 0x0c})                                                             // a group
	f.Add([]byte{0x00, 0x01})                                                             // no number
	f.Add([]byte{0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02})       // beyond 64 bits
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00}) // a length beyond everything
	f.Fuzz(func(t *testing.T, message []byte) {
		want, ok := plainly(message)
		got, err := read(string(message))
		if ok != (err == nil) || err != nil && !errors.Is(err, proto.ErrMessage) {
			t.Fatalf("%v, protowire reads it: %v", err, ok)
		}
		if len(got) != len(want) {
			t.Fatalf("%+v, want %+v", got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("field %d is %+v, want %+v", i, got[i], want[i])
			}
		}
	})
}

func TestWhatIsEmptyIsLeftOut(t *testing.T) {
	got, err := read(string(sample()))
	if err != nil {
		t.Fatal(err)
	}
	want := []proto.Number{1, 3, 4, 6, 7, 9, 1 << 20, 10}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, f := range got {
		if f.number != want[i] {
			t.Errorf("field %d is %+v", i, f)
		}
	}
	inner, err := read(got[len(got)-1].text)
	if err != nil || len(inner) != 1 || len(inner[0].text) != 200 {
		t.Errorf("the message in it is %+v, %v", inner, err)
	}
}
