package fanout

import (
	"fmt"

	"heureka/model"
	"heureka/wire"
)

// record is what one change says of one instance to those who hear of it: a put,
// or, without an instance, that it left. All groups share it and its line.
type record struct {
	number   uint64 // of the change
	key      model.Key
	version  model.Version
	hash     uint64
	instance *model.Instance
	encoded  []byte // made when first needed, see line
	turn     uint64 // of the find that last came by, see catalog.find
}

// left reports whether the record says that the instance left.
func (r *record) left() bool { return r.instance == nil }

// line returns the record as a line of JSON. It is encoded at most once, and not
// at all where a later change of the instance comes first or nobody listens.
func (r *record) line() []byte {
	if r.encoded == nil {
		if r.left() {
			r.encoded = appendLine(nil, &wire.Remove{App: r.key.App, ID: r.key.ID})
		} else {
			r.encoded = appendLine(nil, &wire.Put{
				Version:  r.version.String(),
				Hash:     wire.FormatHash(r.hash),
				Instance: r.instance,
			})
		}
	}
	return r.encoded
}

// appendLine encodes a message. Messages are plain data, which always has a JSON
// form, so an error can only be a fault in this program.
func appendLine(dst []byte, m wire.Message) []byte {
	out, err := wire.AppendJSON(dst, m)
	if err != nil {
		panic(fmt.Sprintf("fanout: %v", err))
	}
	return out
}
