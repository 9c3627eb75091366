package eureka1

import (
	"heureka/eureka1/rules"
	"heureka/model"
	"heureka/registry"
)

// owned is the registry of a loop as it is changed in one act. It is for the loop.
type owned struct {
	*loop
	done []registry.Transition
	last model.Dot
}

// author adds an entry that is newer than all there are.
func (o *owned) author(e registry.Entry) {
	o.reader.time++
	e.Version = model.Version{Time: o.reader.time << 40}
	if e.Removed && !e.Override {
		e.Version.Turn = model.TurnEnd
	}
	entry, t, changed := o.entries.Author(model.Incarnation{Name: "w"}, e, 0)
	if !changed {
		panic("there was something newer of " + e.Key.String())
	}
	o.done, o.last = append(o.done, t), entry.Dot
}

// held returns what is registered, nil if there is nothing.
func (o *owned) held(key model.Key) *model.Instance {
	if e := o.entries.Get(key); e.Live() {
		return e.Instance.Unpack()
	}
	return nil
}

func (o *owned) Get(key model.Key) (*model.Instance, model.Version, error) {
	e := o.entries.Get(key)
	if !e.Live() {
		return nil, model.Version{}, rules.ErrNotFound
	}
	packed, version, _ := registry.Merged(e, o.entries.Override(key))
	return packed.Unpack(), version, nil
}

func (o *owned) Changed(key model.Key) (int64, model.Version, error) {
	in, version, err := o.Get(key)
	if err != nil {
		return 0, version, err
	}
	return in.LastChangedMs, version, nil
}

func (o *owned) Said(key model.Key) *model.Instance { return o.held(key) }

func (o *owned) Put(in *model.Instance) error {
	in = in.Canonical()
	o.author(registry.Entry{Key: in.Key(), Instance: model.Pack(in), Hash: in.Hash()})
	return nil
}

func (o *owned) Renew(key model.Key) error { return o.known(key) }

func (o *owned) known(key model.Key) error {
	if o.held(key) == nil {
		return rules.ErrNotFound
	}
	return nil
}

func (o *owned) Amend(key model.Key, change func(*model.Instance)) error {
	in := o.held(key)
	if in == nil {
		return rules.ErrNotFound
	}
	change(in)
	return o.Put(in)
}

func (o *owned) Remove(key model.Key) error {
	err := o.known(key)
	if err == nil {
		o.author(registry.Entry{Key: key, Removed: true})
	}
	return err
}

// Override does nothing where there is the same.
func (o *owned) Override(key model.Key, status model.Status) error {
	err := o.known(key)
	if e := o.entries.Override(key); err == nil && !(e.Live() && e.Status == status) {
		o.author(registry.Entry{Key: key, Override: true, Status: status})
	}
	return err
}

// ClearOverride does nothing where there is none.
func (o *owned) ClearOverride(key model.Key) error {
	err := o.known(key)
	if err == nil && o.entries.Override(key).Live() {
		o.author(registry.Entry{Key: key, Override: true, Removed: true})
	}
	return err
}
