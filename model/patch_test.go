package model

import (
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var seed = flag.Uint64("seed", 1, "seed of the random instances")

func TestDiffAndApplyAreInverse(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 0))
	key := NewKey("a", "1")
	for range 3000 {
		a, b := randomInstance(random, key), randomInstance(random, key)
		before, wanted := a.Clone(), b.Clone()
		patch, err := Diff(a, b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := patch.Apply(a)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, b) || !got.Equal(b) || got.Hash() != b.Hash() {
			t.Fatalf("seed %d: fields %v of\n%+v make\n%+v, want\n%+v", *seed, patch.Fields(), a, got, b)
		}
		if patch.Empty() != a.Equal(b) || a.Equal(b) != (a.Hash() == b.Hash()) {
			t.Fatalf("seed %d: empty is %v, equal %v, hashes %x %x", *seed, patch.Empty(), a.Equal(b), a.Hash(), b.Hash())
		}
		sent, err := json.Marshal(patch)
		if err != nil {
			t.Fatal(err)
		}
		received := Patch{Key: key}
		if err := json.Unmarshal(sent, &received); err != nil {
			t.Fatalf("seed %d: %s: %v", *seed, sent, err)
		}
		if !slices.Equal(received.Fields(), patch.Fields()) {
			t.Fatalf("seed %d: %s has the fields %v, want %v", *seed, sent, received.Fields(), patch.Fields())
		}
		if got, err = received.Apply(a); err != nil || !reflect.DeepEqual(got, b) {
			t.Fatalf("seed %d: %s makes\n%+v, want\n%+v (%v)", *seed, sent, got, b, err)
		}
		built, err := NewPatch(key, patch.Values(), patch.Fields())
		if err != nil || !reflect.DeepEqual(built, patch) {
			t.Fatalf("seed %d: of its own parts comes %+v, want %+v (%v)", *seed, built, patch, err)
		}
		if _, err := NewPatch(key, patch.Values(), append(patch.Fields(), "app")); err == nil {
			t.Fatal("a patch of the key")
		}
		scribble(got)
		if !reflect.DeepEqual(a, before) || !reflect.DeepEqual(b, wanted) {
			t.Fatalf("seed %d: a patch shares memory with what it was made of", *seed)
		}
	}
}

// scribble changes everything of an instance that it could share with another.
func scribble(in *Instance) {
	for i := range in.Ports {
		for j := range in.Ports[i].Labels {
			in.Ports[i].Labels[j] = "scribbled"
		}
		in.Ports[i].Name = "scribbled"
	}
	for i := range in.DataCenter.Addresses {
		in.DataCenter.Addresses[i].IP = "scribbled"
	}
	for k := range in.Metadata {
		in.Metadata[k] = "scribbled"
	}
	if aws := in.DataCenter.AWS; aws != nil {
		aws.Region = "scribbled"
		for k := range aws.Other {
			aws.Other[k] = "scribbled"
		}
	}
}

func TestPatchIsForOneKey(t *testing.T) {
	a := &Instance{App: "A", ID: "1"}
	sameIDElsewhere := &Instance{App: "B", ID: "1"}
	if _, err := Diff(a, sameIDElsewhere); !errors.Is(err, ErrPatchKey) {
		t.Errorf("a difference across keys: %v", err)
	}
	patch, err := Diff(a, &Instance{App: "A", ID: "1", VIP: "v"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := patch.Apply(sameIDElsewhere); !errors.Is(err, ErrPatchKey) {
		t.Errorf("applied to another key: %v", err)
	}
}

func TestPatchReadsJSON(t *testing.T) {
	base := filled()
	tests := []struct {
		rule   string
		json   string
		fields []string
		check  func(*Instance) bool
	}{
		{"a set field replaces", `{"vip":"v"}`, []string{"vip"}, func(in *Instance) bool { return in.VIP == "v" }},
		{"null clears a text", `{"vip":null}`, []string{"vip"}, func(in *Instance) bool { return in.VIP == "" }},
		{"empty clears a text", `{"vip":""}`, []string{"vip"}, func(in *Instance) bool { return in.VIP == "" }},
		{"null clears a list", `{"ports":null}`, []string{"ports"}, func(in *Instance) bool { return in.Ports == nil }},
		{"an empty list clears", `{"ports":[]}`, []string{"ports"}, func(in *Instance) bool { return in.Ports == nil }},
		{"null clears a table", `{"metadata":null}`, []string{"metadata"}, func(in *Instance) bool { return in.Metadata == nil }},
		{"an empty table clears", `{"metadata":{}}`, []string{"metadata"}, func(in *Instance) bool { return in.Metadata == nil }},
		{"a table is replaced, not merged", `{"metadata":{"a":"b"}}`, []string{"metadata"},
			func(in *Instance) bool { return len(in.Metadata) == 1 && in.Metadata["a"] == "b" }},
		{"null clears a data centre", `{"dataCenter":null}`, []string{"dataCenter"},
			func(in *Instance) bool { return reflect.ValueOf(in.DataCenter).IsZero() }},
		{"null clears a number", `{"lastChangedMs":null}`, []string{"lastChangedMs"},
			func(in *Instance) bool { return in.LastChangedMs == 0 }},
		{"a cleared status is unknown", `{"status":null}`, []string{"status"},
			func(in *Instance) bool { return in.Status == StatusUnknown }},
		{"an unknown status is unknown", `{"status":"SLEEPY"}`, []string{"status"},
			func(in *Instance) bool { return in.Status == StatusUnknown }},
		{"several fields, in the model's order", `{"status":"DOWN","address":"10.0.0.1"}`, []string{"address", "status"},
			func(in *Instance) bool { return in.Status == StatusDown && in.Address == "10.0.0.1" }},
		{"no field", `{}`, nil, base.Equal},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			patch := Patch{Key: base.Key()}
			if err := json.Unmarshal([]byte(test.json), &patch); err != nil {
				t.Fatal(err)
			}
			if got := patch.Fields(); !slices.Equal(got, test.fields) {
				t.Errorf("sets %v, want %v", got, test.fields)
			}
			got, err := patch.Apply(base)
			if err != nil {
				t.Fatal(err)
			}
			if !test.check(got) {
				t.Errorf("makes %+v", got)
			}
			if !reflect.DeepEqual(base, filled()) {
				t.Fatal("changed what it was applied to")
			}
		})
	}
}

func TestPatchRefusesJSON(t *testing.T) {
	for _, test := range []struct{ rule, json, reason string }{
		{"a misspelt field", `{"vips":"v"}`, `"vips" is no field`},
		{"a field in other letters", `{"VIP":"v"}`, `"VIP" is no field`},
		{"the application", `{"app":"B"}`, `"app" is no field`},
		{"the id", `{"vip":"v","id":"2"}`, `"id" is no field`},
		{"a value of another type", `{"ports":"8080"}`, "ports"},
		{"a port that is none", `{"ports":[{"number":65536}]}`, "number"},
		{"no object", `["vip"]`, "array"},
		{"a very long name, not repeated whole", `{"` + strings.Repeat("x", 5000) + `":1}`, "is no field"},
	} {
		t.Run(test.rule, func(t *testing.T) {
			var patch Patch
			err := json.Unmarshal([]byte(test.json), &patch)
			if err == nil || !strings.Contains(err.Error(), test.reason) || len(err.Error()) > 200 {
				t.Errorf("%v, want it to say %s", err, test.reason)
			}
		})
	}
}
