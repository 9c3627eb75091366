package model

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"heureka/internal/proto"
)

func TestPackedKeepsEverything(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 4))
	overridden := filled().Overridden(StatusOutOfService)
	instances := []*Instance{filled(), overridden, {}, {App: "A", ID: "1"}}
	for range 500 {
		instances = append(instances, randomInstance(random, NewKey("A", "1")))
	}
	for _, in := range instances {
		in.Canonical()
		p := Pack(in)
		if got := p.Unpack(); !reflect.DeepEqual(got, in) {
			t.Fatalf("%+v came back as %+v", in, got)
		}
		if again, err := ReadPacked(p.AppendTo(nil)); err != nil || again != p {
			t.Fatalf("%+v is read as %s, %v", in, again, err)
		}
		if p.IsZero() || !p.Is(in.Key()) || p.Is(NewKey(in.App, in.ID+"1")) || p.Is(NewKey(in.App+"1", in.ID)) || p.Lease() != in.Lease || p.Status() != ParseStatus(string(in.Status)) || p.LastChangedMs() != in.LastChangedMs {
			t.Fatalf("%s is taken for another", p)
		}
	}
	for _, m := range mutations() {
		if Pack(m.in.Canonical()) == Pack(filled()) {
			t.Errorf("%s isn't packed", m.path)
		}
	}
}

func TestNoInstancePacked(t *testing.T) {
	p := Pack(nil)
	if !p.IsZero() || p.Unpack() != nil || p.Len() != 0 || p.String() == "" {
		t.Errorf("%q", p)
	}
}

// What comes from outside may be in any order, and hold what nobody knows yet: the
// same instance is always the same bytes.
func TestWhatIsReadIsCanonical(t *testing.T) {
	in := &Instance{App: "A", ID: "1", Status: StatusUnknown, Metadata: map[string]string{"a": "1", "b": "2"}}
	b := proto.AppendText(nil, 2, "1")
	b = proto.AppendMessage(b, 15, func(b []byte) []byte { return proto.AppendText(proto.AppendText(b, 2, "2"), 1, "b") })
	b = proto.AppendText(b, 1, "a")
	b = proto.AppendText(b, 10, "SLEEPY")
	b = proto.AppendText(b, 1000, "of a newer release")
	b = proto.AppendMessage(b, 15, func(b []byte) []byte { return proto.AppendText(proto.AppendText(b, 1, "a"), 2, "1") })
	b = proto.AppendElement(b, 3, "")
	if got, err := ReadPacked(b); err != nil || got != Pack(in) {
		t.Errorf("%s, %v", got, err)
	}
}

func TestPackedSharesNothingWithWhatItWasReadFrom(t *testing.T) {
	b := Pack(filled()).AppendTo(nil)
	p, err := ReadPacked(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if p != Pack(filled()) {
		t.Errorf("%s", p)
	}
}

func TestUnreadableInstances(t *testing.T) {
	whole := Pack(filled()).AppendTo(nil)
	port := func(n uint64) []byte {
		return proto.AppendMessage(nil, 9, func(b []byte) []byte { return proto.AppendNumber(b, 2, n) })
	}
	for what, bytes := range map[string][]byte{
		"cut short":           whole[:len(whole)-1],
		"a port too large":    port(1 << 16),
		"a broken table":      proto.AppendText(nil, 15, "\x0a"),
		"a broken place":      proto.AppendText(nil, 19, "\x0a"),
		"a broken address":    proto.AppendText(nil, 19, "\x1a\x01\x0a"),
		"a broken cloud":      proto.AppendText(nil, 19, "\x22\x01\x0a"),
		"a broken port":       proto.AppendText(nil, 9, "\x0a"),
		"a group, unheard of": {0x0b, 0x0c},
	} {
		if p, err := ReadPacked(bytes); err == nil || !p.IsZero() {
			t.Errorf("%s is read as %s", what, p)
		}
	}
	if _, err := ReadPacked(port(1<<16 - 1)); err != nil {
		t.Error(err)
	}
}

func FuzzReadPacked(f *testing.F) {
	f.Add(Pack(filled()).AppendTo(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ReadPacked(b)
		if err != nil {
			return
		}
		if again := Pack(p.Unpack()); again != p {
			t.Fatalf("%q is packed again as %q", p.AppendTo(nil), again.AppendTo(nil))
		}
		if again, err := ReadPacked(p.AppendTo(nil)); err != nil || again != p {
			t.Fatalf("%q is read again as %q, %v", p.AppendTo(nil), again.AppendTo(nil), err)
		}
		if in := p.Unpack(); p.IsZero() || !p.Is(in.Key()) {
			t.Fatalf("%s isn't %s", p, in.Key())
		}
	})
}

// small is about 600 bytes of JSON.
func small() *Instance {
	return (&Instance{
		App: "ORDERS", ID: "orders-7f9c-00042", HostName: "orders-42.eu.example", Address: "10.12.34.56", VIP: "orders,orders.eu",
		Ports: []Port{{Name: "http", Number: 8080}, {Name: "https", Number: 8443, Secure: true}}, Status: StatusUp,
		HealthCheckURL: "http://10.12.34.56:8080/health", StatusPageURL: "http://10.12.34.56:8080/info",
		Metadata: map[string]string{"zone": "eu-1a", "version": "2024.11.3-rc4", "commit": strings.Repeat("9f", 20)},
		Lease:    Lease{RenewalMs: 10_000, DurationMs: 30_000}, LastChangedMs: 1_700_000_000_000,
	}).Canonical()
}

func TestPackingAllocatesOnce(t *testing.T) {
	in := small()
	if n := testing.AllocsPerRun(100, func() { Pack(in) }); n > 1 {
		t.Errorf("Pack allocates %v times", n)
	}
	p, key := Pack(in), in.Key()
	if n := testing.AllocsPerRun(100, func() { _ = p.Is(key) && p.Lease().DurationMs > 0 && p.LastChangedMs() > 0 }); n > 0 {
		t.Errorf("a look at it allocates %v times", n)
	}
	b := p.AppendTo(nil)
	if got, err := ReadPacked(b); err != nil || !bytes.Equal(got.AppendTo(nil), b) {
		t.Error(err)
	}
}

func BenchmarkPacked(b *testing.B) {
	in := small()
	p := Pack(in)
	bytes := p.AppendTo(nil)
	for name, do := range map[string]func(){
		"pack":   func() { Pack(in) },
		"unpack": func() { p.Unpack() },
		"lease":  func() { p.Lease() },
		"read": func() {
			if _, err := ReadPacked(bytes); err != nil {
				b.Fatal(err)
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				do()
			}
		})
	}
}

func TestAClonedKeySharesNothing(t *testing.T) {
	for _, key := range []Key{{"APP", "id"}, {"APP", ""}, {"", "id"}, {}} {
		message := []byte(key.App + key.ID)
		text := unsafe.String(unsafe.SliceData(message), len(message))
		clone := Key{App: text[:len(key.App)], ID: text[len(key.App):]}.Clone()
		clear(message)
		if clone != key {
			t.Errorf("%q became %q", key, clone)
		}
	}
}
