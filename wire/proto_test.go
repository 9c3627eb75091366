package wire_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"heureka/model"
	"heureka/wire"

	"google.golang.org/protobuf/encoding/protowire"
)

func encodeProto(t testing.TB, messages ...wire.Message) []byte {
	t.Helper()
	var frame []byte
	for _, m := range messages {
		var err error
		if frame, err = wire.FormatProto.Append(frame, m); err != nil {
			t.Fatal(err)
		}
	}
	return frame
}

// collect returns the messages of a frame, and the first error in it.
func collect(f wire.Format, frame []byte) (messages []wire.Message, refused *wire.Error) {
	for m, err := range f.Messages(frame) {
		if err != nil && refused == nil {
			refused = err
		}
		if m != nil {
			messages = append(messages, m)
		}
	}
	return messages, refused
}

func TestBothFormsSayTheSame(t *testing.T) {
	for _, m := range messages(t) {
		line := encode(t, m)
		got, err := collect(wire.FormatProto, encodeProto(t, m))
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d messages, %v", line, len(got), err)
			continue
		}
		if update, ok := m.(*wire.Update); ok {
			sameUpdate(t, got[0].(*wire.Update), update)
			if fields := got[0].(*wire.Update).Set.Fields(); !reflect.DeepEqual(fields, update.Set.Fields()) {
				t.Errorf("the update is of %v, want %v", fields, update.Set.Fields())
			}
			continue
		}
		if !reflect.DeepEqual(got[0], m) {
			t.Errorf("%s comes back as\n%+v", line, got[0])
		}
	}
}

func TestFramesConcatenate(t *testing.T) {
	all := messages(t)
	for _, f := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		var frame []byte
		for _, m := range all {
			var err error
			if frame, err = f.Append(frame, m); err != nil {
				t.Fatal(err)
			}
		}
		got, err := collect(f, frame)
		if err != nil || len(got) != len(all) {
			t.Fatalf("%s: %d messages of %d, %v", f.Subprotocol(), len(got), len(all), err)
		}
		for i, m := range all {
			if !bytes.Equal(encode(t, got[i]), encode(t, m)) {
				t.Errorf("%s: message %d is\n%swant\n%s", f.Subprotocol(), i, encode(t, got[i]), encode(t, m))
			}
		}
		for range f.Messages(frame) {
			break // whoever has enough may stop
		}
	}
}

// Clients in other languages are written against these very bytes.
func TestGoldenFrame(t *testing.T) {
	got := encodeProto(t, messages(t)...)
	golden := filepath.Join("testdata", "messages.hex")
	if *rewrite {
		if err := os.WriteFile(golden, []byte(hex.EncodeToString(got)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimSpace(string(text)); hex.EncodeToString(got) != want {
		t.Errorf("the bytes differ from %s", golden)
	}
}

// raw builds messages that nobody of ours writes.
type raw []byte

func (r raw) bytes(field protowire.Number, content []byte) raw {
	return protowire.AppendBytes(protowire.AppendTag(r, field, protowire.BytesType), content)
}

func (r raw) number(field protowire.Number, n uint64) raw {
	return protowire.AppendVarint(protowire.AppendTag(r, field, protowire.VarintType), n)
}

// envelope is a frame of one message.
func envelope(number protowire.Number, content raw) raw {
	return raw(nil).bytes(1, raw(nil).bytes(number, content))
}

const (
	rawRegister  protowire.Number = 3
	rawUpdate    protowire.Number = 4
	rawAck       protowire.Number = 7
	rawSubscribe protowire.Number = 11
	rawPut       protowire.Number = 14
)

func TestProtoRefuses(t *testing.T) {
	frame := func(number protowire.Number, content raw) []byte { return envelope(number, content) }
	seven := raw(nil).number(1, 7)
	cut := raw{0x0a, 0x05, 'a'} // a text of five bytes, one of which is there
	tests := []struct {
		rule  string
		frame []byte
		code  wire.Code
		seq   uint64
	}{
		{"half a tag", []byte{0x80}, wire.CodeMalformed, 0},
		{"the field 0", []byte{0x02, 0x00}, wire.CodeMalformed, 0},
		{"a line of JSON", []byte(`{"type":"heartbeat"}` + "\n"), wire.CodeMalformed, 0},
		{"an envelope longer than the frame", []byte{0x0a, 0x05, 0x08}, wire.CodeMalformed, 0},
		{"a length beyond all frames", append([]byte{0x0a}, protowire.AppendVarint(nil, 1<<62)...), wire.CodeMalformed, 0},
		{"a message longer than its envelope", raw(nil).bytes(1, []byte{0x3a, 0x05, 0x08}), wire.CodeMalformed, 0},
		{"an empty envelope", raw(nil).bytes(1, nil), wire.CodeUnknownType, 0},
		{"an unknown number", frame(99, seven), wire.CodeUnknownType, 7},
		{"an unknown number, its content unreadable", frame(99, cut), wire.CodeUnknownType, 0},
		{"a message that is a number", raw(nil).bytes(1, raw(nil).number(rawAck, 1)), wire.CodeUnknownType, 0},
		{"a message cut inside", frame(rawAck, append(seven, cut...)), wire.CodeMalformed, 7},
		{"a version that isn't UTF-8", frame(rawAck, seven.bytes(2, []byte{0xff})), wire.CodeMalformed, 7},
		{"no instance", frame(rawRegister, seven), wire.CodeInvalidInstance, 7},
		{"an instance cut inside", frame(rawRegister, raw(nil).bytes(2, cut).number(1, 7)), wire.CodeInvalidInstance, 7},
		{"an instance of another wire type", frame(rawRegister, seven.number(2, 1)), wire.CodeInvalidInstance, 7},
		{"a port that is none", frame(rawRegister, seven.bytes(2, raw(nil).bytes(9, raw(nil).number(2, 70_000)))), wire.CodeInvalidInstance, 7},
		{"a put without an instance", frame(rawPut, raw(nil).bytes(2, []byte("v"))), wire.CodeInvalidInstance, 0},
		{"an update of no field", frame(rawUpdate, seven.bytes(4, raw(nil).bytes(21, []byte("x")))), wire.CodeInvalidInstance, 7},
		{"an update of the key", frame(rawUpdate, seven.bytes(4, raw(nil).bytes(1, []byte("B")))), wire.CodeInvalidInstance, 7},
		{"an update of the override", frame(rawUpdate, seven.bytes(4, raw(nil).bytes(20, []byte("UP")))), wire.CodeInvalidInstance, 7},
		{"an update that clears the key", frame(rawUpdate, seven.number(5, 2)), wire.CodeInvalidInstance, 7},
		{"an update that clears no field", frame(rawUpdate, seven.bytes(5, []byte{7, 22})), wire.CodeInvalidInstance, 7},
		{"an update that clears a number beyond all", frame(rawUpdate, seven.number(5, 1<<63+7)), wire.CodeInvalidInstance, 7},
		{"an update that sets and clears", frame(rawUpdate, seven.bytes(4, raw(nil).bytes(7, []byte("v"))).number(5, 7)), wire.CodeInvalidInstance, 7},
		{"an update that sets half of what it clears", frame(rawUpdate, seven.bytes(4, raw(nil).number(16, 1)).number(5, 17)), wire.CodeInvalidInstance, 7},
		{"numbers to clear cut inside", frame(rawUpdate, seven.bytes(5, []byte{0x80})), wire.CodeInvalidInstance, 7},
		{"an interest cut inside", frame(rawSubscribe, seven.bytes(2, cut)), wire.CodeInvalidInterest, 7},
		{"an interest that isn't UTF-8", frame(rawSubscribe, seven.bytes(2, raw(nil).bytes(3, []byte{0xc0}))), wire.CodeInvalidInterest, 7},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			before, after := encodeProto(t, &wire.Ack{Seq: 1}), encodeProto(t, &wire.Ack{Seq: 2})
			got, fault := collect(wire.FormatProto, append(before, test.frame...))
			if len(got) != 1 || fault == nil {
				t.Fatalf("read as %+v, %v", got[1:], fault)
			}
			if fault.Code != test.code || fault.Seq != test.seq {
				t.Errorf("code %d for %d, want %d for %d: %v", fault.Code, fault.Seq, test.code, test.seq, fault)
			}
			if len(fault.Message) > 300 {
				t.Errorf("the message has %d bytes", len(fault.Message))
			}
			got, _ = collect(wire.FormatProto, append(slices.Clone(test.frame), after...))
			if ends := fault.Code == wire.CodeMalformed; ends && len(got) > 0 || !ends && len(got) != 1 {
				t.Errorf("%v is followed by %d messages", fault, len(got))
			}
		})
	}
}

func TestProtoTakes(t *testing.T) {
	newer := raw(nil).number(1, 1).bytes(90, []byte("red")).number(91, 1)
	newer = protowire.AppendFixed32(protowire.AppendTag(newer, 92, protowire.Fixed32Type), 1)
	for _, test := range []struct {
		rule   string
		number protowire.Number
		raw    raw
		want   string
	}{
		{"nothing", rawAck, nil, `{"type":"ack","seq":0}`},
		{"fields of a newer peer", rawAck, newer, `{"type":"ack","seq":1}`},
		{"a field of another wire type as one of a newer peer", rawAck, raw(nil).bytes(1, []byte("7")), `{"type":"ack","seq":0}`},
		{"a message without the zeros", 16, nil, `{"type":"synced","seq":0,"count":0,"digest":"0000000000000000"}`},
		{"a put whose hash is zero", rawPut, raw(nil).bytes(4, nil), `{"type":"put","version":"","hash":"0000000000000000","instance":{"app":"","id":""}}`},
		{"a heartbeat that checks nothing held", 6, raw(nil).bytes(2, nil), `{"type":"heartbeat","count":0,"digest":"0000000000000000"}`},
		{"no interests", rawSubscribe, raw(nil).number(1, 1), `{"type":"subscribe","seq":1,"interests":[]}`},
		{"a status of a newer peer, as unknown", rawRegister, raw(nil).bytes(2, raw(nil).bytes(10, []byte("NAPPING"))),
			`{"type":"register","seq":0,"instance":{"app":"","id":"","status":"UNKNOWN"}}`},
		{"fields to clear one by one", rawUpdate, raw(nil).number(5, 7).number(5, 7).number(5, 17),
			`{"type":"update","seq":0,"app":"","id":"","set":{"lease":null,"vip":null}}`},
		{"an update in two parts", rawUpdate, raw(nil).bytes(4, raw(nil).bytes(7, []byte("v"))).bytes(4, raw(nil).bytes(4, []byte("a"))),
			`{"type":"update","seq":0,"app":"","id":"","set":{"address":"a","vip":"v"}}`},
	} {
		got, err := collect(wire.FormatProto, envelope(test.number, test.raw))
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", test.rule, got, err)
			continue
		}
		if line := strings.TrimSpace(string(encode(t, got[0]))); line != test.want {
			t.Errorf("%s: read as %s, want %s", test.rule, line, test.want)
		}
	}
	ack := raw(nil).number(1, 1)
	frame := raw(nil).number(2, 1).bytes(3, []byte("new")).bytes(1, raw(nil).bytes(rawAck, ack).number(98, 1).bytes(99, []byte("new")))
	if got, err := collect(wire.FormatProto, frame); err != nil || len(got) != 1 || wire.SeqOf(got[0]) != 1 {
		t.Errorf("what a newer peer puts beside a message: %v, %v", got, err)
	}
}

// Every field that can be updated has a number, and is set and cleared by it.
func TestUpdatesHaveEveryField(t *testing.T) {
	full := eureka1Instance()
	full.Override = ""
	empty := &model.Instance{App: full.App, ID: full.ID}
	for _, pair := range [][2]*model.Instance{{empty, full}, {full, empty}} {
		p, err := model.Diff(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		got, refused := collect(wire.FormatProto, encodeProto(t, &wire.Update{Seq: 1, App: full.App, ID: full.ID, Set: p}))
		if refused != nil {
			t.Fatal(refused)
		}
		set := got[0].(*wire.Update).Set
		if !reflect.DeepEqual(set.Fields(), p.Fields()) {
			t.Errorf("of %v came %v", p.Fields(), set.Fields())
		}
		after, err := set.Apply(pair[0])
		if err != nil || !after.Equal(pair[1].Clone().Canonical()) {
			t.Errorf("the update makes\n%+v, want\n%+v (%v)", after, pair[1], err)
		}
	}
}

func TestWhatHasNoBinaryForm(t *testing.T) {
	if frame, err := wire.FormatProto.Append([]byte{1}, &wire.Put{Hash: "0", Instance: instance()}); err == nil || len(frame) != 1 {
		t.Errorf("a hash that is none makes %d bytes, %v", len(frame), err)
	}
	fault := wire.NewError(wire.CodeMalformed, "cut \xe2\x82")
	got, err := collect(wire.FormatProto, encodeProto(t, fault))
	if err != nil || got[0].(*wire.Error).Message != "cut �" {
		t.Errorf("a text that isn't UTF-8 comes as %+v, %v", got, err)
	}
}

// What a length claims costs nothing, and what is there a bounded multiple.
func TestProtoAllocatesInProportion(t *testing.T) {
	const size = 1 << 20
	many := func(element raw) raw { return bytes.Repeat(element, size/len(element)) }
	claims := append(raw{0x0a}, protowire.AppendVarint(nil, 1<<40)...)
	for _, test := range []struct {
		rule  string
		frame raw
	}{
		{"a length that isn't there", claims},
		{"a length inside that isn't there", envelope(rawPut, append(raw{0x22}, protowire.AppendVarint(nil, 1<<31)...))},
		{"empty ports", envelope(rawRegister, raw(nil).bytes(2, many(raw{0x4a, 0})))},
		{"empty interests", envelope(rawSubscribe, many(raw{0x12, 0}))},
		{"empty messages", many(raw{0x0a, 2, 0x0a, 0})},
		{"updates of everything", envelope(rawUpdate, raw(nil).bytes(5, many(raw{3})))},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range wire.FormatProto.Messages(test.frame) {
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 16<<10+160*uint64(len(test.frame)) {
			t.Errorf("%s: %d bytes cost %d", test.rule, len(test.frame), got)
		}
	}
}
