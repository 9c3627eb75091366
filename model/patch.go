package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Patch is a client's change of some fields of one instance. A field that is
// set replaces the old value as a whole; set and empty, it clears it. Diff and
// Apply are inverse: Diff(a, b).Apply(a) equals b.
type Patch struct {
	Key    Key
	set    uint32   // bit i: fields[i] is set
	values Instance // only the set fields count
}

// ErrPatchKey is returned when a patch meets an instance with another key.
var ErrPatchKey = errors.New("model: patch is for another instance")

// Diff returns the patch that makes b out of a. Both must have the same key.
func Diff(a, b *Instance) (Patch, error) {
	if a.Key() != b.Key() {
		return Patch{}, fmt.Errorf("%w: %s and %s", ErrPatchKey, a.Key(), b.Key())
	}
	p := Patch{Key: a.Key()}
	for i, f := range fields {
		if !f.equal(a, b) {
			p.set |= 1 << i
			f.set(&p.values, b)
		}
	}
	return p, nil
}

// NewPatch returns the patch that sets those fields, named as Fields names them, to
// what they are in values. A name that is no field that can be updated is an error.
func NewPatch(key Key, values *Instance, names []string) (Patch, error) {
	p := Patch{Key: key}
	for _, name := range names {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			return Patch{}, fmt.Errorf("%.40q is no field that can be updated", name)
		}
		p.set |= 1 << i
		fields[i].set(&p.values, values)
	}
	return p, nil
}

// Values returns an instance in which the fields that are set have their new
// values. It is shared: don't change it.
func (p Patch) Values() *Instance { return &p.values }

// Empty reports whether the patch changes nothing.
func (p Patch) Empty() bool { return p.set == 0 }

// Fields returns the names of the fields that are set, in the model's order.
func (p Patch) Fields() []string {
	var names []string
	for i, f := range fields {
		if p.set&(1<<i) != 0 {
			names = append(names, f.name)
		}
	}
	return names
}

// Apply returns a new instance: in with the set fields replaced, canonical.
func (p Patch) Apply(in *Instance) (*Instance, error) {
	if in.Key() != p.Key {
		return nil, fmt.Errorf("%w: %s applied to %s", ErrPatchKey, p.Key, in.Key())
	}
	out := in.Clone()
	for i, f := range fields {
		if p.set&(1<<i) != 0 {
			f.set(out, &p.values)
		}
	}
	return out.Canonical(), nil
}

// MarshalJSON writes the set fields as a JSON object, without the key. A field
// that the patch clears is there with its empty value.
func (p Patch) MarshalJSON() ([]byte, error) {
	all, err := json.Marshal(&p.values)
	if err != nil {
		return nil, err
	}
	var present map[string]json.RawMessage
	if err := json.Unmarshal(all, &present); err != nil {
		return nil, err
	}
	out := make(map[string]json.RawMessage)
	for _, name := range p.Fields() {
		value, ok := present[name]
		if !ok {
			value = json.RawMessage("null") // an empty value is left out by Marshal; null clears
		}
		out[name] = value
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads an object of fields; null clears a field. A name that is no
// field of an instance is an error, so that a misspelt update isn't lost
// silently. The key is not read: set it afterwards.
func (p *Patch) UnmarshalJSON(data []byte) error {
	var present map[string]json.RawMessage
	if err := json.Unmarshal(data, &present); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	*p = Patch{Key: p.Key}
	for i, f := range fields {
		if _, ok := present[f.name]; ok {
			p.set |= 1 << i
			delete(present, f.name)
		}
	}
	if len(present) > 0 {
		return fmt.Errorf("%.40q is no field that can be updated", slices.Min(slices.Collect(maps.Keys(present))))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&p.values); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	return nil
}
