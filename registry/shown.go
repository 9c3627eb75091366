package registry

import "heureka/model"

// Shown is what a view shows for one key: its instance, under the override of
// its status if there is one.
type Shown struct {
	Version  model.Version
	Hash     uint64
	Instance model.Packed

	entry *Entry // the instance without the override
}

// plain returns what is shown of a living entry that nothing else is known about.
func plain(e *Entry) Shown {
	return Shown{Version: e.Version, Hash: e.Hash, Instance: e.Instance, entry: e}
}

// Merged returns what is shown of a live instance under an override, which may be
// a tombstone, or nil. A tombstone may have the version of the override that it ends:
// it counts as one time later, at every node, whether it saw that override or not.
func Merged(e, override *Entry) (model.Packed, model.Version, uint64) {
	version := e.Version
	if override != nil {
		version.Override = override.Version.Time
	}
	if !override.Live() {
		if override != nil && version.Override+1 != 0 {
			version.Override++
		}
		return e.Instance, version, e.Hash
	}
	instance := e.Instance.Unpack().Overridden(override.Status)
	return model.Pack(instance), version, instance.Hash()
}
