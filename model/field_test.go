package model

import (
	"reflect"
	"testing"
)

func TestEveryFieldThatAClientMayChangeIsInTheTable(t *testing.T) {
	if len(fields) > 32 {
		t.Fatalf("%d fields, a Patch has 32 bits", len(fields))
	}
	index := 0
	for structField := range reflect.TypeFor[Instance]().Fields() {
		name := jsonName(structField)
		if name == "app" || name == "id" || name == "override" {
			continue
		}
		if index == len(fields) || fields[index].name != name {
			t.Fatalf("field %d of an instance is %q; the table has something else or nothing", index, name)
		}
		index++
	}
	if index != len(fields) {
		t.Errorf("the table has %d fields, an instance %d", len(fields), index)
	}
}

func TestEveryPlaceOfAnInstanceCounts(t *testing.T) {
	base := filled()
	hashes := map[uint64]string{base.Hash(): "nothing changed"}
	all := mutations()
	if len(all) < 50 {
		t.Fatalf("only %d places found", len(all))
	}
	for _, m := range all {
		t.Run(m.path, func(t *testing.T) {
			if other, ok := hashes[m.in.Hash()]; ok {
				t.Errorf("has the hash of %s", other)
			}
			hashes[m.in.Hash()] = m.path
			if base.Equal(m.in) || m.in.Equal(base) {
				t.Error("is equal to what it was")
			}
			if m.field == "app" || m.field == "id" {
				if _, err := Diff(base, m.in); err == nil {
					t.Error("instances with different keys have a difference")
				}
				return
			}
			patch, err := Diff(base, m.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := patch.Fields(); len(got) != 1 || got[0] != m.field {
				t.Errorf("differs in %v, want %s", got, m.field)
			}
			got, err := patch.Apply(base)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, m.in) {
				t.Errorf("applied gives\n%+v, want\n%+v", got, m.in)
			}
		})
	}
	if !reflect.DeepEqual(base, filled()) {
		t.Error("the base has changed")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	base := filled()
	clone := base.Clone()
	if !reflect.DeepEqual(clone, base) {
		t.Fatal("a clone differs")
	}
	shared(t, "", reflect.ValueOf(base).Elem(), reflect.ValueOf(clone).Elem())
}

// shared reports every slice, map and pointer that both have.
func shared(t *testing.T, path string, a, b reflect.Value) {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			shared(t, path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Slice, reflect.Map, reflect.Pointer:
		if a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", path)
		}
		if a.Kind() == reflect.Pointer {
			shared(t, path, a.Elem(), b.Elem())
		}
		if a.Kind() == reflect.Slice {
			for i := range a.Len() {
				shared(t, path, a.Index(i), b.Index(i))
			}
		}
	}
}
