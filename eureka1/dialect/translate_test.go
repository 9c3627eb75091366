package dialect_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// through returns the info after a stay in the model.
func through(i *dialect.Info) dialect.Info {
	in := i.Instance()
	if i.Overridden != model.StatusUnknown {
		in = in.Overridden(i.Overridden)
	}
	return dialect.InfoOf(in, shownAs(i))
}

// written returns the info after it was written in a form and read again.
func written(t *testing.T, form dialect.Form, i *dialect.Info) dialect.Info {
	t.Helper()
	text := dialect.AppendInstanceDocument(nil, form, i)
	back, err := dialect.DecodeInstance(form.Format(), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return *back
}

// TestNothingThatEurekaSaysIsLost holds that an info is, field by field, what it was
// after it has been an instance and a document.
func TestNothingThatEurekaSaysIsLost(t *testing.T) {
	c := newChance(1)
	for range 1500 {
		said := c.info()
		if err := said.Check(said.App); err != nil {
			t.Fatal(err)
		}
		want := usual(said)
		for _, form := range []dialect.Form{dialect.JSONFull, dialect.XMLFull} {
			read := written(t, form, &said)
			shown := through(&read)
			got := written(t, form, &shown)
			got.DataCenter.Metadata = last(got.DataCenter.Metadata)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %s:\n%+v became\n%+v, want\n%+v", *seed, form, said, got, want)
			}
		}
	}
}

// TestNothingThatEurekaShowsIsLost does the same with the sample documents.
func TestNothingThatEurekaShowsIsLost(t *testing.T) {
	for _, name := range []string{"10-apps-full.json", "10-apps-full.xml", "13-delta.json", "13-delta.xml",
		"14-apps-full-after-delta.json", "18-vip.json"} {
		apps, err := dialect.DecodeApplications(format(name), document(t, name), 10)
		if err != nil {
			t.Fatal(err)
		}
		for a := range apps.List {
			for n := range apps.List[a].Instances {
				i := &apps.List[a].Instances[n]
				i.Metadata = last(i.Metadata) // the model keeps no order
				got := through(i)
				for _, form := range dialect.Forms() {
					same(t, fmt.Sprint(name, " ", i.InstanceID, " as ", form), dialect.AppendInfo(nil, form, &got), dialect.AppendInfo(nil, form, i))
				}
				alone := dialect.AppendInstance(nil, dialect.JSONFull, i.Instance().Overridden(overrideOf(i)), shownAs(i))
				same(t, i.InstanceID, alone, dialect.AppendInfo(nil, dialect.JSONFull, i))
			}
		}
	}
}

func overrideOf(i *dialect.Info) model.Status {
	if i.Overridden == model.StatusUnknown {
		return ""
	}
	return i.Overridden
}

// TestNothingOfAnInstanceIsLost holds that an instance is what it was after it has
// been a Eureka document, more ports and addresses than Eureka knows included.
func TestNothingOfAnInstanceIsLost(t *testing.T) {
	c := newChance(2)
	carried := 0
	for range 1500 {
		in := c.instance()
		if err := in.Validate(model.DefaultLimits()); err != nil {
			t.Fatal(err)
		}
		for _, form := range []dialect.Form{dialect.JSONFull, dialect.XMLFull} {
			info := dialect.InfoOf(in, dialect.Shown{UpdatedMs: 5})
			back := written(t, form, &info)
			if err := back.Check(in.App); err != nil {
				t.Fatalf("%+v can't be registered: %v", back, err)
			}
			if got := back.Instance(); !reflect.DeepEqual(got, in) {
				t.Fatalf("seed %d, %s:\n%+v became\n%+v", *seed, form, in, got)
			}
			if strings.Contains(fmt.Sprint(info.Metadata), "heureka.") {
				carried++
			}
		}
	}
	if carried < 500 {
		t.Errorf("only %d had anything that Eureka can't say", carried)
	}
}

// TestEveryFieldIsLookedAt finds fields that were added and that the generators
// above leave empty.
func TestEveryFieldIsLookedAt(t *testing.T) {
	c := newChance(3)
	infos, instances := make(map[string]bool), make(map[string]bool)
	for range 500 {
		i := c.info()
		seen(infos, "", reflect.ValueOf(i))
		seen(instances, "", reflect.ValueOf(*i.Instance().Overridden(model.StatusDown)))
		seen(instances, "", reflect.ValueOf(*c.instance()))
	}
	for path, filled := range infos {
		if !filled {
			t.Errorf("no info has anything in %s", path)
		}
	}
	for path, filled := range instances {
		if !filled {
			t.Errorf("no instance has anything in %s", path)
		}
	}
	if len(infos) < 30 || len(instances) < 30 {
		t.Errorf("%d and %d fields found", len(infos), len(instances))
	}
}

// seen notes for each field whether it ever held anything.
func seen(fields map[string]bool, path string, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		fields[path] = fields[path] || !v.IsZero()
		return
	}
	for i := range v.NumField() {
		seen(fields, path+"."+v.Type().Field(i).Name, v.Field(i))
	}
}

// TestWhatStandsInForWhatIsMissing is what Eureka's clients see of instances that
// say less than they need.
func TestWhatStandsInForWhatIsMissing(t *testing.T) {
	for _, test := range []struct {
		rule string
		in   model.Instance
		ok   func(dialect.Info) bool
	}{
		{"the address for the host", model.Instance{Address: "10.0.0.1"}, func(i dialect.Info) bool { return i.HostName == "10.0.0.1" }},
		{"the host for the address", model.Instance{HostName: "h"}, func(i dialect.Info) bool { return i.IPAddr == "h" }},
		{"the application for the vip", model.Instance{}, func(i dialect.Info) bool { return i.VIP == "orders" }},
		{"no vip for one of Eureka's own that has none", model.Instance{Eureka1: map[string]string{"vipAddress": ""}}, func(i dialect.Info) bool { return i.VIP == "" }},
		{"ports that are off for none", model.Instance{}, func(i dialect.Info) bool {
			return i.Port == dialect.Port{Number: 80} && i.SecurePort == dialect.Port{Number: 443}
		}},
		{"the first port of each kind for several", model.Instance{Ports: []model.Port{{Number: 1, Secure: true}, {Number: 2}, {Number: 3}, {Number: 4, Secure: true}}},
			func(i dialect.Info) bool {
				return i.Port == dialect.Port{Number: 2, Enabled: true} && i.SecurePort == dialect.Port{Number: 1, Enabled: true}
			}},
		{"a port that is on for one that was off", model.Instance{Ports: []model.Port{{Number: 1}}, Eureka1: map[string]string{"port": "9"}},
			func(i dialect.Info) bool { return i.Port == dialect.Port{Number: 1, Enabled: true} }},
		{"Eureka's times for none", model.Instance{}, func(i dialect.Info) bool { return i.Lease.RenewalSecs == 30 && i.Lease.DurationSecs == 90 }},
		{"a whole second for a part of one", model.Instance{Lease: model.Lease{RenewalMs: 1, DurationMs: 1001}},
			func(i dialect.Info) bool { return i.Lease.RenewalSecs == 1 && i.Lease.DurationSecs == 2 }},
		{"the server's time for the client's", model.Instance{}, func(i dialect.Info) bool { return i.LastDirtyMs == 5 }},
		{"UNKNOWN for no status", model.Instance{}, func(i dialect.Info) bool { return i.Status == "UNKNOWN" && i.Overridden == "UNKNOWN" }},
		{"the place of one's own for none", model.Instance{}, func(i dialect.Info) bool { return i.DataCenter.Name == "MyOwn" }},
		{"no class for a key that Java reads as one", model.Instance{Metadata: map[string]string{"@class": "java.lang.Runtime"}},
			func(i dialect.Info) bool { return len(i.Metadata) == 0 }},
		{"the usual for words of Eureka's that are none", model.Instance{Eureka1: map[string]string{"port": "x", "countryId": "", "sid": "na"}},
			func(i dialect.Info) bool { return i.Port.Number == 80 && i.CountryID == 1 }},
	} {
		test.in.App, test.in.ID = "ORDERS", "o-1"
		info := dialect.InfoOf(&test.in, dialect.Shown{UpdatedMs: 5})
		if !test.ok(info) {
			t.Errorf("%s: shown as %+v", test.rule, info)
		}
		text := dialect.AppendInfo(nil, dialect.JSONFull, &info)
		if bytes.Contains(text, []byte("Runtime")) || bytes.Contains(text, []byte("null")) {
			t.Errorf("%s: written as %s", test.rule, text)
		}
	}
}

// TestWhatEurekaSaysCountsMoreThanWhatIsCarried is a client that changed its ports
// and has old metadata.
func TestWhatEurekaSaysCountsMoreThanWhatIsCarried(t *testing.T) {
	in := newChance(4).instance()
	in.Ports = []model.Port{{Name: "http", Number: 80}, {Name: "admin", Number: 81}}
	in.DataCenter = model.DataCenter{Kind: model.DataCenterBasic, Name: "Frankfurt"}
	info := dialect.InfoOf(in, dialect.Shown{})
	if got := info.Instance(); !reflect.DeepEqual(got, in) {
		t.Fatalf("%+v became %+v", in, got)
	}
	info.Port.Number = 90
	info.DataCenter.Name = "Netflix"
	got := info.Instance()
	if !reflect.DeepEqual(got.Ports, []model.Port{{Number: 90}}) || got.DataCenter.Name != "Netflix" {
		t.Errorf("the ports are %+v, the data centre %+v", got.Ports, got.DataCenter)
	}
	if got.Metadata["heureka.ports"] == "" || got.Metadata["heureka.dataCenter"] == "" {
		t.Errorf("the metadata is %v", got.Metadata)
	}
	info.DataCenter.Name = "MyOwn"
	for _, text := range []string{"", "x", "[]", "null", `[{"number":90}]`, `[{"number":90},{"name":"\u0000","number":7}]`} {
		info.Metadata = []dialect.Pair{{Key: "heureka.ports", Value: text}, {Key: "heureka.dataCenter", Value: `{"kind":"azure","name":"X"}`}}
		if got := info.Instance(); len(got.Ports) != 1 || got.Metadata["heureka.ports"] != text || got.DataCenter.Kind != model.DataCenterBasic {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

// TestWhereAnInstanceIsFromIsNoMetadata holds that the mark is shown, and understood
// when it comes back, and that nobody else can set it.
func TestWhereAnInstanceIsFromIsNoMetadata(t *testing.T) {
	in := &model.Instance{App: "A", ID: "1", Status: model.StatusUp, Metadata: map[string]string{"zone": "z"}, Eureka1: map[string]string{dialect.EurekaOrigin: "here"}}
	info := dialect.InfoOf(in, dialect.Shown{})
	if want := (dialect.Pair{Key: dialect.KeyOrigin, Value: "here"}); !slices.Contains(info.Metadata, want) {
		t.Errorf("shown with %v", info.Metadata)
	}
	back := info.Instance()
	if back.Eureka1[dialect.EurekaOrigin] != "here" || len(back.Metadata) != 1 {
		t.Errorf("came back as %+v", back)
	}
	in.Metadata, in.Eureka1 = map[string]string{dialect.KeyOrigin: "made up"}, nil
	if info = dialect.InfoOf(in, dialect.Shown{}); len(info.Metadata) != 0 {
		t.Errorf("a client's own is shown: %v", info.Metadata)
	}
	if table, err := dialect.ParseMetadata("heureka.origin=x&a=1"); err != nil || len(table) != 1 || table["a"] != "1" {
		t.Errorf("added: %v, %v", table, err)
	}
}

func TestUnusualRegistrations(t *testing.T) {
	info := newChance(5).info()
	info.Lease = dialect.Lease{RenewalSecs: 1 << 30, DurationSecs: 1<<31 - 1}
	info.Port = dialect.Port{Number: -1, Enabled: true}
	in := info.Instance()
	if in.Lease != (model.Lease{RenewalMs: 86_400_000, DurationMs: 86_400_000}) {
		t.Errorf("an endless lease is %+v", in.Lease)
	}
	if in.Eureka1["port"] != "-1" {
		t.Errorf("a port that can't be is kept as %v and %v", in.Ports, in.Eureka1)
	}
	if err := in.Validate(model.DefaultLimits()); err != nil {
		t.Error(err)
	}
	if got := dialect.InfoOf(in, dialect.Shown{}).Port; got != (dialect.Port{Number: -1}) {
		t.Errorf("a port that can't be is shown as %+v", got)
	}
}

func TestShownAt(t *testing.T) {
	at := func(ms uint64) model.Time { return model.Time(ms * 1000 << model.TimeNodeBits) }
	in := &model.Instance{App: "A", ID: "1", Status: model.StatusUp}
	said := model.Version{Time: at(7000)}
	want := dialect.Shown{RegisteredMs: 7000, RenewedMs: 7000, ServedMs: 7000, UpdatedMs: 7000, Action: dialect.Added}
	if got := dialect.ShownAt(in, said); got != want {
		t.Errorf("a client's word is shown with %+v", got)
	}
	said.Override = at(9000)
	want = dialect.Shown{RegisteredMs: 7000, RenewedMs: 7000, UpdatedMs: 9000, Action: dialect.Modified}
	if got := dialect.ShownAt(in.Overridden(model.StatusOutOfService), said); got != want {
		t.Errorf("an operator's word is shown with %+v", got)
	}
	said.Time = at(10_000)
	if got := dialect.ShownAt(in, said); got.Action != dialect.Added || got.UpdatedMs != 10_000 {
		t.Errorf("a client's next word is shown with %+v", got)
	}
}
