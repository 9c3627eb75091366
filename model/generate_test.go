package model

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
)

// filled returns an instance in which every field that a client can say has a
// value of its own, found by reflection: a field that is added later is filled
// too.
func filled() *Instance {
	in := new(Instance)
	n := 0
	fill(reflect.ValueOf(in).Elem(), &n)
	in.Override = ""
	return in
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("T" + strconv.Itoa(*n))
		if v.Type() == reflect.TypeFor[Status]() {
			v.SetString(string(StatusUp))
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint16:
		v.SetUint(uint64(*n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"k" + strconv.Itoa(*n): "v", "l": "w"}))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(fmt.Sprintf("an instance has a %s: teach the tests about it", v.Type()))
	}
}

// mutation is an instance that differs from filled() at one place.
type mutation struct {
	path  string // of the place, such as "Ports.0.Labels.1"
	field string // JSON name of the instance's field
	in    *Instance
}

// mutations returns one instance for each way to change one place of filled().
func mutations() []mutation {
	var out []mutation
	t := reflect.TypeFor[Instance]()
	for i := range t.NumField() {
		if t.Field(i).Name == "Override" {
			continue // clients don't say it
		}
		for step := 0; ; step++ {
			in := filled()
			left := step
			path, ok := mutate(reflect.ValueOf(in).Elem().Field(i), &left)
			if !ok {
				break
			}
			out = append(out, mutation{t.Field(i).Name + path, jsonName(t.Field(i)), in})
		}
	}
	return out
}

// mutate makes the change that comes after *left others in v, if there are so many.
func mutate(v reflect.Value, left *int) (path string, ok bool) {
	mine := func(change func()) bool {
		*left--
		if *left != -1 {
			return false
		}
		change()
		return true
	}
	switch v.Kind() {
	case reflect.String:
		other := v.String() + "X"
		if v.Type() == reflect.TypeFor[Status]() {
			other = string(StatusDown)
		}
		return "", mine(func() { v.SetString(other) })
	case reflect.Bool:
		return "", mine(func() { v.SetBool(!v.Bool()) })
	case reflect.Int64:
		return "", mine(func() { v.SetInt(v.Int() + 1000) })
	case reflect.Uint16:
		return "", mine(func() { v.SetUint(v.Uint() + 1000) })
	case reflect.Slice:
		if mine(func() { v.SetLen(v.Len() - 1) }) {
			return ".shorter", true
		}
		for i := range v.Len() {
			if path, ok := mutate(v.Index(i), left); ok {
				return "." + strconv.Itoa(i) + path, true
			}
		}
	case reflect.Map:
		l, w, x := reflect.ValueOf("l"), reflect.ValueOf("w"), reflect.ValueOf("x")
		switch {
		case mine(func() { v.SetMapIndex(l, x) }):
			return ".value", true
		case mine(func() { v.SetMapIndex(x, w) }):
			return ".more", true
		case mine(func() { v.SetMapIndex(l, reflect.Value{}); v.SetMapIndex(x, w) }):
			return ".key", true
		}
	case reflect.Pointer:
		if mine(func() { v.SetZero() }) {
			return ".nil", true
		}
		if path, ok := mutate(v.Elem(), left); ok {
			return path, true
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if path, ok := mutate(v.Field(i), left); ok {
				return "." + v.Type().Field(i).Name + path, true
			}
		}
	}
	return "", false
}

// randomInstance returns a canonical instance with that key, anything else of
// it empty or of few words, so that two of them often agree.
func randomInstance(random *rand.Rand, key Key) *Instance {
	in := new(Instance)
	randomize(random, reflect.ValueOf(in).Elem())
	in.App, in.ID, in.Override = key.App, key.ID, ""
	return in.Canonical()
}

func randomize(random *rand.Rand, v reflect.Value) {
	if v.Kind() != reflect.Struct && random.IntN(3) == 0 {
		return // stays empty
	}
	word := func() string { return string(rune('a' + random.IntN(3))) }
	switch v.Kind() {
	case reflect.String:
		v.SetString(word())
		if v.Type() == reflect.TypeFor[Status]() {
			v.SetString(string(Statuses()[random.IntN(len(Statuses()))]))
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(random.Int64N(3))
	case reflect.Uint16:
		v.SetUint(random.Uint64N(3))
	case reflect.Slice:
		n := random.IntN(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			randomize(random, v.Index(i))
		}
	case reflect.Map:
		m := make(map[string]string)
		for range random.IntN(3) {
			m[word()] = word()
		}
		v.Set(reflect.ValueOf(m))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		randomize(random, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			randomize(random, v.Field(i))
		}
	}
}

func jsonName(f reflect.StructField) string {
	name := f.Tag.Get("json")
	for i := range name {
		if name[i] == ',' {
			return name[:i]
		}
	}
	return name
}

// texts returns the paths of all texts of an instance but metadata's, and calls
// at for each of them, if given.
func texts(in *Instance, at func(path string, set func(string))) []string {
	var paths []string
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			paths = append(paths, path)
			if at != nil {
				at(path, v.SetString)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(path+"."+strconv.Itoa(i), v.Index(i))
			}
		case reflect.Pointer:
			walk(path, v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	}
	walk("", reflect.ValueOf(in).Elem())
	return paths
}
