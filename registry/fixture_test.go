package registry_test

import (
	"fmt"

	"heureka/model"
	"heureka/registry"

	"github.com/google/uuid"
)

// incarnation returns the n-th incarnation of a node.
func incarnation(name string, n byte) model.Incarnation {
	return model.Incarnation{Name: name, ID: uuid.UUID{15: n}}
}

var (
	nodeA = incarnation("a", 1)
	nodeB = incarnation("b", 1)
	nodeC = incarnation("c", 1)
)

func key(n int) model.Key { return model.NewKey("APP", fmt.Sprintf("i-%d", n)) }

// instance returns an instance whose content depends on a number.
func instance(k model.Key, content int) *model.Instance {
	return (&model.Instance{App: k.App, ID: k.ID, Status: model.StatusUp, HostName: fmt.Sprintf("host-%d", content)}).Canonical()
}

// live returns an entry to author.
func live(k model.Key, time model.Time, turn uint32, self model.Incarnation, content int) registry.Entry {
	in := instance(k, content)
	return registry.Entry{Key: k, Version: model.Version{Time: time, Turn: turn, Incarnation: self}, Instance: model.Pack(in), Hash: in.Hash()}
}

// override returns an override to author; the empty status ends one.
func override(k model.Key, time model.Time, self model.Incarnation, status model.Status) registry.Entry {
	return registry.Entry{Key: k, Override: true, Version: model.Version{Time: time, Incarnation: self}, Status: status, Removed: status == ""}
}

// tomb returns a tombstone to author.
func tomb(k model.Key, v model.Version) registry.Entry {
	return registry.Entry{Key: k, Version: v, Removed: true}
}

// ended returns the version of an unregister of a word.
func ended(v model.Version, by model.Incarnation) model.Version {
	return model.Version{Time: v.Time, Turn: model.TurnEnd, Incarnation: by}
}
