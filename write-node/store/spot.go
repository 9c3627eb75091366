package store

import (
	"bytes"

	"go.etcd.io/bbolt"
)

// spot is where in the records one was looked for last. New records come many in a row,
// such as those of one application's next instances: that the second of them isn't there
// shows in where the first would have been.
type spot struct {
	cursor *bbolt.Cursor
	gap    bool   // it wasn't there, and neither is anything
	from   []byte // between that key, or one put in there since,
	to     []byte // and that one, which is the spot's own; nil: the end
}

// find returns what is stored of a key, and whether there is anything. Nobody but who asks
// may put anything among the records, and only under the key that was asked for last.
func (p *spot) find(key []byte) (sealed []byte, found bool) {
	if p.gap && bytes.Compare(p.from, key) < 0 && (p.to == nil || bytes.Compare(key, p.to) < 0) {
		p.from = key
		return nil, false
	}
	next, sealed := p.cursor.Seek(key)
	if bytes.Equal(next, key) {
		p.gap = false
		return sealed, true
	}
	p.gap, p.from = true, key
	if next == nil {
		p.to = nil
	} else {
		p.to = append(p.to[:0], next...)
	}
	return nil, false
}
