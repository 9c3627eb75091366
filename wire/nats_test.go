package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/wire"

	"github.com/google/uuid"
)

var (
	packetA = model.Incarnation{Name: "write-1", ID: uuid.UUID{1, 2, 15: 3}}
	packetB = model.Incarnation{Name: "write-2", ID: uuid.UUID{9}}
)

// eureka1Instance has something in every field.
func eureka1Instance() *model.Instance {
	in := fullInstance()
	in.Eureka1 = map[string]string{"countryId": "0", "securePort": "7002"}
	return in
}

// fullInstance has something in every field but Eureka1, which is younger than the
// files that hold its bytes.
func fullInstance() *model.Instance {
	return &model.Instance{
		App: "ORDERS", ID: "o-1", HostName: "host", Address: "10.0.0.1", AppGroup: "group", ASG: "asg",
		VIP: "a,b", SecureVIP: "c",
		Ports:  []model.Port{{Name: "http", Number: 80}, {Name: "https", Number: 443, Secure: true, Labels: []string{"public", "private"}}},
		Status: model.StatusUp, Override: model.StatusDown, HomePageURL: "http://h/", StatusPageURL: "http://s/", HealthCheckURL: "http://c/", SecureHealthCheckURL: "https://c/",
		Metadata: map[string]string{"zone": "1", "empty": "", "build": "é"},
		Lease:    model.Lease{RenewalMs: 1000, DurationMs: 3000}, LastChangedMs: 1_700_000_000_000,
		DataCenter: model.DataCenter{
			Kind: model.DataCenterAWS, Name: "Amazon",
			Addresses: []model.Address{{Label: "public", IP: "1.2.3.4", Host: "h"}, {IP: "::1"}},
			AWS: &model.AWS{Region: "r", Zone: "z", AMI: "ami", InstanceID: "i", InstanceType: "t", VPC: "v", Account: "a",
				PublicAddress: "p", PublicHost: "ph", PrivateAddress: "pa", Other: map[string]string{"x": "y"}},
		},
	}
}

// packets are messages of every kind, by the name of their golden file.
func packets() map[string]cluster.Message {
	in := fullInstance()
	small := (&model.Instance{App: "A", ID: "i"}).Canonical()
	put := &registry.Entry{
		Key: in.Key(), Version: model.Version{Time: 77 << 12, Turn: 2, Incarnation: packetB},
		Dot: model.Dot{Incarnation: packetA, Seq: 5}, Instance: model.Pack(in), Hash: in.Hash(), Speaker: model.NewSpeaker("process", 3),
	}
	in1 := eureka1Instance()
	put1 := &registry.Entry{
		Key: in1.Key(), Version: put.Version, Dot: model.Dot{Incarnation: packetA, Seq: 9}, Instance: model.Pack(in1), Hash: in1.Hash(),
	}
	tomb := &registry.Entry{
		Key: small.Key(), Version: model.Version{Time: 1, Turn: model.TurnEnd, Incarnation: packetA},
		Dot: model.Dot{Incarnation: packetA, Seq: 6}, Removed: true,
	}
	override := &registry.Entry{
		Key: small.Key(), Override: true, Version: model.Version{Time: 2, Incarnation: packetB},
		Dot: model.Dot{Incarnation: packetA, Seq: 7}, Status: model.StatusOutOfService,
	}
	cleared := &registry.Entry{
		Key: in.Key(), Override: true, Version: model.Version{Time: 3, Incarnation: packetA},
		Dot: model.Dot{Incarnation: packetA, Seq: 8}, Removed: true,
	}
	return map[string]cluster.Message{
		"beacon": &cluster.Beacon{
			From: packetA, Role: cluster.Write, Tick: 9, HTTP: "127.0.0.1:7001", Vector: model.Vector{packetA: 6},
			Heard: map[model.Incarnation]uint64{packetB: 3}, Live: 4, Digest: 1 << 63, Ready: true, Leaving: true, Wall: 1_800_000_000_000_000,
			Quiet: map[model.Incarnation]time.Duration{packetA: 90 * time.Second}, Unconfirmed: 2,
		},
		"reader": &cluster.Beacon{
			From: packetB, Role: cluster.Read, Tick: 2, HTTP: "127.0.0.1:8761", Vector: model.Vector{packetA: 6},
			Heard: map[model.Incarnation]uint64{packetA: 9}, Ready: true, Wall: 1_800_000_000_000_000,
			Quiet: map[model.Incarnation]time.Duration{}, Serving: true, Sessions: 15_000,
		},
		"delta":     &cluster.Delta{Delta: registry.Delta{Incarnation: packetA, From: 4, To: 6, Entries: []*registry.Entry{put, tomb}}},
		"overrides": &cluster.Delta{Delta: registry.Delta{Incarnation: packetA, From: 6, To: 8, Entries: []*registry.Entry{override, cleared}}},
		"eureka1":   &cluster.Delta{Delta: registry.Delta{Incarnation: packetA, From: 8, To: 9, Entries: []*registry.Entry{put1}}},
		"request":   &cluster.PullRequest{From: packetB, Number: 3, Vector: model.Vector{packetA: 4}, Whole: true},
		"more":      &cluster.PullMore{From: packetB, Answer: 8, Next: 2},
		"chunk": &cluster.Chunk{
			From: packetA, Request: 3, Answer: 8, Number: 1, Last: true, Whole: true,
			Vector: model.Vector{packetA: 6}, Horizon: model.Vector{packetB: 1}, Entries: []*registry.Entry{put},
		},
		"renewals": &cluster.Renewals{From: packetA, Number: 12, Keys: []model.Key{in.Key(), small.Key()}},
		"renewed":  &cluster.Renewed{From: packetB, Number: 12, Unknown: []model.Key{small.Key()}},
		"busy":     &cluster.Chunk{From: packetA, Request: 3, Answer: 9, Busy: true, Vector: model.Vector{}, Horizon: model.Vector{}},
	}
}

// TestPacketsKeepTheirBytes compares with files that a release once wrote: nodes
// of two releases must understand each other. Write them anew with -rewrite, and
// only for a kind of message that no release has sent.
func TestPacketsKeepTheirBytes(t *testing.T) {
	for name, m := range packets() {
		t.Run(name, func(t *testing.T) {
			got, err := wire.EncodePacket(m)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "packet_"+name+".hex")
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
			back, err := wire.DecodePacket(want)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(back, m) {
				t.Errorf("came back as %+v", back)
			}
		})
	}
}

func TestInstanceHasAllFieldsOnTheWire(t *testing.T) {
	in := eureka1Instance()
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		switch v.Kind() {
		case reflect.Pointer:
			walk(v.Elem(), path)
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name)
			}
		default:
			if v.IsZero() {
				t.Errorf("the test's instance has nothing in %s", path)
			}
		}
	}
	walk(reflect.ValueOf(in), "")
}

func TestUndecodablePackets(t *testing.T) {
	delta, err := wire.EncodePacket(packets()["delta"])
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{
		"nothing":         {},
		"not protobuf":    []byte("hello"),
		"no content":      {0x0a, 0x00},
		"cut off":         delta[:len(delta)-3],
		"unknown content": {0x7a, 0x00},
	}
	for name, m := range map[string]cluster.Message{
		"no sender":                  &cluster.PullMore{Answer: 1},
		"renewals of nobody":         &cluster.Renewals{Number: 1, Keys: []model.Key{model.NewKey("A", "i")}},
		"an acknowledgement of none": &cluster.Renewed{Number: 1},
		"half a key":                 &cluster.Renewals{From: packetA, Keys: []model.Key{{App: "A"}}},
		"the other half":             &cluster.Renewed{From: packetA, Unknown: []model.Key{{ID: "i"}}},
		"too many keys":              &cluster.Renewals{From: packetA, Keys: slices.Repeat([]model.Key{model.NewKey("A", "i")}, cluster.MaxKeys+1)},
		"a backward range":           &cluster.Delta{Delta: registry.Delta{Incarnation: packetA, From: 3, To: 3}},
		"no role":                    &cluster.Beacon{From: packetA},
		"an entry of others": &cluster.Delta{Delta: registry.Delta{Incarnation: packetB, From: 4, To: 6,
			Entries: packets()["delta"].(*cluster.Delta).Entries}},
		"an entry without content": &cluster.Chunk{From: packetA, Entries: []*registry.Entry{{Key: model.NewKey("A", "i"),
			Version: model.Version{Time: 1, Incarnation: packetA}, Dot: model.Dot{Incarnation: packetA, Seq: 1}}}},
		"an override without a status": &cluster.Chunk{From: packetA, Entries: []*registry.Entry{{Key: model.NewKey("A", "i"), Override: true,
			Version: model.Version{Time: 1, Incarnation: packetA}, Dot: model.Dot{Incarnation: packetA, Seq: 1}}}},
		"an instance's tombstone with a status": &cluster.Chunk{From: packetA, Entries: []*registry.Entry{{Key: model.NewKey("A", "i"), Removed: true,
			Version: model.Version{Time: 1, Incarnation: packetA}, Dot: model.Dot{Incarnation: packetA, Seq: 1}, Status: model.StatusUp}}},
		"an entry without an author": &cluster.Chunk{From: packetA, Entries: []*registry.Entry{{Key: model.NewKey("A", "i"), Removed: true}}},
	} {
		packet, err := wire.EncodePacket(m)
		if err != nil {
			t.Fatal(err)
		}
		bad[name] = packet
	}
	for name, packet := range bad {
		if m, err := wire.DecodePacket(packet); !errors.Is(err, wire.ErrPacket) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	packet, err := wire.EncodePacket(packets()["more"])
	if err != nil {
		t.Fatal(err)
	}
	packet = append(packet, 0xc2, 0x3e, 0x02, 'h', 'i', 0xcd, 0x3e, 1, 2, 3, 4) // fields 1000 (bytes) and 1001 (fixed32)
	if m, err := wire.DecodePacket(packet); err != nil || !reflect.DeepEqual(m, packets()["more"]) {
		t.Errorf("%+v, %v", m, err)
	}
}

func FuzzDecodePacket(f *testing.F) {
	for _, m := range packets() {
		packet, err := wire.EncodePacket(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packet)
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		m, err := wire.DecodePacket(packet)
		if err != nil {
			return
		}
		again, err := wire.EncodePacket(m)
		if err != nil {
			t.Fatalf("decoded to %+v, which can't be encoded: %v", m, err)
		}
		back, err := wire.DecodePacket(again)
		if err != nil || !reflect.DeepEqual(m, back) {
			t.Fatalf("%+v came back as %+v, %v", m, back, err)
		}
	})
}

func BenchmarkDelta(b *testing.B) {
	m := packets()["delta"]
	packet, err := wire.EncodePacket(m)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := wire.EncodePacket(m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := wire.DecodePacket(packet); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The longest batch of renewals must fit into what NATS carries by default.
func TestTheLargestRenewalsFitOneMessage(t *testing.T) {
	long := strings.Repeat("x", model.DefaultLimits().Text)
	keys := slices.Repeat([]model.Key{{App: long, ID: long}}, cluster.MaxKeys)
	packet, err := wire.EncodePacket(&cluster.Renewals{From: packetA, Number: 1, Keys: keys})
	if payload := 1 << 20; err != nil || len(packet) > payload {
		t.Errorf("%d bytes, %v", len(packet), err)
	}
}
