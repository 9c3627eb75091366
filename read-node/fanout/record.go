package fanout

import (
	"heureka/model"
	"heureka/wire"
)

// record is what the view has of one instance. There is one for each key, which
// all logs share; a change overwrites it. Logs tell by the number whether a place
// of theirs is still the key's latest. When the instance has left, only those
// places keep the record, for its key.
type record struct {
	number   uint64 // of its last change
	key      model.Key
	instance model.Packed // none once it has left
	hash     uint64
	time     model.Time // this and the next three are the version
	override model.Time
	author   *author
	turn     uint32
	// seat is the record's place in the bits of walking groups, nobody else's
	// while the instance is there.
	seat uint32
	// since is the number of the change that brought the instance or its present
	// labels: who has been told everything up to there or later, and doesn't hold it,
	// needn't hear that it doesn't match.
	since  uint64
	labels *labels // nil: no vips at all
	place  uint32  // in labels.records
	mark   uint32  // of the find that last came by, see catalog.find
	line   *line   // as encoded; nil: not now
}

// left reports whether the instance has left the view.
func (r *record) left() bool { return r.instance.IsZero() }

func (r *record) version() model.Version {
	return model.Version{Time: r.time, Turn: r.turn, Incarnation: r.author.incarnation, Override: r.override}
}

// outline fills in the parts of an instance that interests look at.
func (r *record) outline(in *model.Instance) *model.Instance {
	*in = model.Instance{App: r.key.App, ID: r.key.ID}
	if r.labels != nil {
		in.VIP, in.SecureVIP = r.labels.vip, r.labels.secureVIP
	}
	return in
}

// appendPut appends the message that the instance is there.
func (r *record) appendPut(dst []byte, format wire.Format) []byte {
	return encoded(format.AppendPut(dst, r.version(), r.hash, r.instance))
}

// remove returns the message that it isn't, or not for who hears it.
func remove(key model.Key) wire.Message { return &wire.Remove{App: key.App, ID: key.ID} }

// author is an incarnation that versions name; all of them share it.
type author struct {
	incarnation model.Incarnation
	uses        int
}

// authors holds every incarnation that some record's version names.
type authors map[model.Incarnation]*author

func (as authors) take(i model.Incarnation) *author {
	a := as[i]
	if a == nil {
		a = &author{incarnation: i}
		as[i] = a
	}
	a.uses++
	return a
}

func (as authors) release(a *author) {
	if a == nil {
		return
	}
	if a.uses--; a.uses == 0 {
		delete(as, a.incarnation)
	}
}
