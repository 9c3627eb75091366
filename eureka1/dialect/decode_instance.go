package dialect

import (
	"fmt"

	"heureka/model"
)

// Room is memory in which one document of an instance after the other is read. Its zero
// value is ready for use; it isn't safe for concurrent use.
type Room struct {
	// Instance is for Info.Fill. The room itself doesn't touch it.
	Instance model.Instance

	reader jsonReader
	info   Info
	pairs  [usualPairs]Pair // of the first table that is read
}

// DecodeInstance reads a document of one instance: the body of a registration, or
// the answer to a request for one. The texts share the memory of one copy of the
// document. Errors wrap ErrUnparseable.
func DecodeInstance(format Format, document []byte) (*Info, error) {
	return new(Room).DecodeInstance(format, document)
}

// DecodeInstance is that in the room: the info is good until the next call. Its texts
// stay good.
func (m *Room) DecodeInstance(format Format, document []byte) (*Info, error) {
	found, err := false, error(nil)
	if format == JSON {
		m.reader = jsonReader{pairs: m.pairs[:0]}
		err = m.reader.read(document, func(r *jsonReader) { found = r.alone(&m.info) })
	} else {
		err = readXML(document, func(x *xmlReader, root string) {
			if found = root == "instance"; found {
				m.info = x.instance()
			}
		})
	}
	if err == nil && !found {
		err = fmt.Errorf("%w: there is no instance", ErrUnparseable)
	}
	if err != nil {
		return nil, err
	}
	return &m.info, nil
}

// alone reads the instance that a document is about. It is false if there is none.
func (r *jsonReader) alone(i *Info) (found bool) {
	r.object(func(name string) {
		if name != "instance" {
			r.skip()
			return
		}
		r.list(func() {
			if found {
				r.fail("there is more than one instance")
				return
			}
			found = true
			r.instance(i)
		})
	})
	return found
}
