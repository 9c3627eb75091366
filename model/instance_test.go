package model

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestVIPLists(t *testing.T) {
	for _, test := range []struct {
		rule, list string
		want       []string
	}{
		{"no list", "", nil},
		{"one element", "a", []string{"a"}},
		{"one element in spaces", "  a ", []string{"a"}},
		{"only spaces", "  ", nil},
		{"several in their order", "b,a,c", []string{"b", "a", "c"}},
		{"spaces around elements", " a , b", []string{"a", "b"}},
		{"empty elements", ",a,, ,b,", []string{"a", "b"}},
		{"each once", "a,b, a,b", []string{"a", "b"}},
		{"letters count", "a,A", []string{"a", "A"}},
		{"spaces within an element", "a b,c", []string{"a b", "c"}},
		{"only commas", ",,", nil},
	} {
		in := &Instance{VIP: test.list, SecureVIP: test.list}
		if got := slices.Collect(in.VIPs()); !slices.Equal(got, test.want) {
			t.Errorf("%s: vips of %q are %q", test.rule, test.list, got)
		}
		if got := slices.Collect(in.SecureVIPs()); !slices.Equal(got, test.want) {
			t.Errorf("%s: secure vips of %q are %q", test.rule, test.list, got)
		}
		for range in.VIPs() {
			break // an early end is fine
		}
	}
}

func TestKeysFoldTheApplicationOnly(t *testing.T) {
	if NewKey("Orders", "o-1") != (&Instance{App: "ORDERS", ID: "o-1"}).Key() {
		t.Error("the application isn't folded")
	}
	if NewKey("ORDERS", "o-1") == NewKey("ORDERS", "O-1") {
		t.Error("the id is folded")
	}
	if NewKey("A", "1") == NewKey("B", "1") {
		t.Error("applications share an id's key")
	}
}

func TestStatuses(t *testing.T) {
	for _, s := range Statuses() {
		if ParseStatus(string(s)) != s {
			t.Errorf("%s isn't read back", s)
		}
	}
	for _, text := range []string{"", "up", "SLEEPY", "UNKNOWN"} {
		var s Status
		if err := json.Unmarshal([]byte(`"`+text+`"`), &s); err != nil || s != StatusUnknown {
			t.Errorf("%q is read as %q, %v", text, s, err)
		}
	}
}

func TestCanonical(t *testing.T) {
	in := &Instance{
		App: "orders", ID: "O-1", VIP: "Orders", Status: "sleepy",
		Ports: []Port{{Number: 1, Labels: []string{}}}, Metadata: map[string]string{},
		DataCenter: DataCenter{Addresses: []Address{}, AWS: &AWS{Other: map[string]string{}}},
		Eureka1:    map[string]string{},
	}
	want := &Instance{
		App: "ORDERS", ID: "O-1", VIP: "Orders", Status: StatusUnknown,
		Ports: []Port{{Number: 1}}, DataCenter: DataCenter{AWS: new(AWS)},
	}
	if got := in.Canonical(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := want.Clone().Canonical(); !reflect.DeepEqual(got, want) {
		t.Errorf("a canonical instance changes to %+v", got)
	}
}

func TestInstancesSurviveJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 3))
	instances := []*Instance{filled()}
	for range 500 {
		instances = append(instances, randomInstance(random, NewKey("A", "1")))
	}
	for _, in := range instances {
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		got := new(Instance)
		if err := json.Unmarshal(text, got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Canonical(), in) {
			t.Fatalf("seed %d: %s is read as %+v, want %+v", *seed, text, got, in)
		}
		if len(text) > 4*in.Size() {
			t.Fatalf("%d bytes of JSON where Size says %d", len(text), in.Size())
		}
	}
}

// Hashes go over the wire and are compared by nodes of other releases: they
// must never change.
func TestHashesAreStable(t *testing.T) {
	for _, test := range []struct {
		name string
		got  uint64
		want uint64
	}{
		{"an empty instance", new(Instance).Hash(), 0xdb94a0b687d78f30},
		{"a full one", stable().Hash(), 0x23b9adceb7dafc39},
		{"one of a Eureka 1 client", eureka1().Hash(), 0xf40f0f9f43e16ff5},
		{"an entry", EntryHash(NewKey("a", "1"), Version{1, 2, incarnation("n", 3), 0}), 0x40661e44df169b7b},
	} {
		if test.got != test.want {
			t.Errorf("%s hashes to %#x, it was %#x", test.name, test.got, test.want)
		}
	}
}

func eureka1() *Instance {
	in := stable()
	in.Eureka1 = map[string]string{"countryId": "0", "securePort": "7002"}
	return in
}

func stable() *Instance {
	return &Instance{
		App: "ORDERS", ID: "o-1", HostName: "h", Address: "10.0.0.1", AppGroup: "g", ASG: "asg", VIP: "v", SecureVIP: "s",
		Ports: []Port{{Name: "http", Number: 80, Labels: []string{"public"}}}, Status: StatusUp,
		HomePageURL: "1", StatusPageURL: "2", HealthCheckURL: "3", SecureHealthCheckURL: "4",
		Metadata: map[string]string{"a": "b", "c": "d"}, Lease: Lease{1000, 3000}, LastChangedMs: 5,
		DataCenter: DataCenter{Kind: DataCenterAWS, Name: "Amazon", Addresses: []Address{{"public", "10.0.0.1", "h"}},
			AWS: &AWS{Region: "eu", Other: map[string]string{"x": "y"}}},
	}
}

func TestEntryHashCountsKeyAndVersion(t *testing.T) {
	seen := make(map[uint64]bool)
	for _, key := range []Key{{"A", "1"}, {"A", "2"}, {"B", "1"}, {"A1", ""}, {"", "A1"}} {
		for _, v := range []Version{{}, {1, 0, Incarnation{}, 0}, {0, 1, Incarnation{}, 0}, {1, 1, incarnation("n", 1), 0},
			{1, 1, incarnation("n", 2), 0}, {1, 1, incarnation("m", 1), 0}} {
			seen[EntryHash(key, v)] = true
		}
	}
	if len(seen) != 30 {
		t.Errorf("%d hashes of 30 entries", len(seen))
	}
}

func TestOverridden(t *testing.T) {
	for _, test := range []struct {
		rule              string
		said, over, shown Status
	}{
		{"without an override the client's word stands", StatusUp, "", StatusUp},
		{"an override counts more than up", StatusUp, StatusOutOfService, StatusOutOfService},
		{"and than out of service", StatusOutOfService, StatusUp, StatusUp},
		{"and than not knowing", StatusUnknown, StatusUp, StatusUp},
		{"one that starts is believed", StatusStarting, StatusUp, StatusStarting},
		{"one that is down is believed", StatusDown, StatusUp, StatusDown},
	} {
		in := &Instance{App: "A", ID: "1", Status: test.said}
		got := in.Overridden(test.over)
		if got.Status != test.shown || got.Override != test.over {
			t.Errorf("%s: shown %s under override %q", test.rule, got.Status, got.Override)
		}
		if in.Status != test.said || in.Override != "" {
			t.Errorf("%s: the instance itself has changed", test.rule)
		}
		if same := got.Hash() == in.Hash() && got.Equal(in); same != (test.over == "") {
			t.Errorf("%s: shown the same: %v", test.rule, same)
		}
	}
	if err := (&Instance{App: "A", ID: "1", Override: StatusUp}).Validate(DefaultLimits()); err == nil {
		t.Error("a client may say an override")
	}
}
