package wire

import (
	"fmt"
	"slices"

	"heureka/internal/proto"
	"heureka/model"

	"google.golang.org/protobuf/encoding/protowire"
)

// An update in the binary form is an Instance with the fields that get a value and
// a list of the numbers of those that lose theirs, as what is empty isn't there.

// patchField names an updatable field of Instance, as model.Patch does, by its
// number; both of a lease's numbers are the one field.
func patchField(number protowire.Number) string {
	switch number {
	case 3:
		return "hostName"
	case 4:
		return "address"
	case 5:
		return "appGroup"
	case 6:
		return "asg"
	case 7:
		return "vip"
	case 8:
		return "secureVip"
	case 9:
		return "ports"
	case 10:
		return "status"
	case 11:
		return "homePageUrl"
	case 12:
		return "statusPageUrl"
	case 13:
		return "healthCheckUrl"
	case 14:
		return "secureHealthCheckUrl"
	case 15:
		return "metadata"
	case 16, 17:
		return "lease"
	case 18:
		return "lastChangedMs"
	case 19:
		return "dataCenter"
	case 21:
		return "eureka1"
	default:
		return ""
	}
}

// lastPatchField is the greatest number that patchField knows.
const lastPatchField = 21

// patch is the fields of a patch: set holds the values, clear the numbers of
// those that are emptied.
func (c *coder) patch(set, clear protowire.Number, at *model.Patch) {
	switch {
	case !c.reads:
		c.writePatch(set, clear, at)
	case c.comes(set, protowire.BytesType):
		c.fail(c.set.read(c.value.bytes))
	case c.comes(clear, protowire.BytesType): // packed
		c.fail(c.set.readCleared(c.value.bytes))
	case c.comes(clear, protowire.VarintType):
		c.fail(c.set.clear(c.value.number))
	}
}

func (c *coder) writePatch(set, clear protowire.Number, p *model.Patch) {
	values := p.Values().AppendProto(nil)
	there := make(map[string]bool)
	var kept, cleared []byte
	for field, whole := range rawFields(values) {
		if slices.Contains(p.Fields(), patchField(field)) {
			kept = append(kept, whole...)
			there[patchField(field)] = true
		}
	}
	for number := protowire.Number(1); number <= lastPatchField; number++ {
		name := patchField(number)
		if name != "" && slices.Contains(p.Fields(), name) && !there[name] {
			cleared = protowire.AppendVarint(cleared, uint64(number))
			there[name] = true
		}
	}
	if len(kept) > 0 {
		c.out = proto.AppendBytes(c.out, set, kept)
	}
	if len(cleared) > 0 {
		c.out = proto.AppendBytes(c.out, clear, cleared)
	}
}

// rawFields yields each field of a message that this package has written, with all
// its bytes.
func rawFields(message []byte) func(yield func(protowire.Number, []byte) bool) {
	return func(yield func(protowire.Number, []byte) bool) {
		for len(message) > 0 {
			field, _, n := protowire.ConsumeField(message)
			if n < 0 || !yield(field, message[:n]) {
				return
			}
			message = message[n:]
		}
	}
}

// patchReader gathers the two halves of a patch.
type patchReader struct {
	values  model.Instance
	said    []string // names of the fields that values has
	cleared []string
}

// read reads the values. What can't be updated is refused, so that a misspelt
// update isn't lost.
func (r *patchReader) read(message []byte) error {
	if err := r.values.ReadProto(string(message)); err != nil {
		return err
	}
	return readFields(message, func(field protowire.Number, _ value) error { return note(&r.said, field) })
}

func (r *patchReader) readCleared(packed []byte) error {
	for len(packed) > 0 {
		number, n := protowire.ConsumeVarint(packed)
		if n < 0 {
			return fmt.Errorf("wire: clear: %w", protowire.ParseError(n))
		}
		if err := r.clear(number); err != nil {
			return err
		}
		packed = packed[n:]
	}
	return nil
}

func (r *patchReader) clear(number uint64) error {
	if number > lastPatchField {
		return fmt.Errorf("%d is no field that can be updated", number)
	}
	return note(&r.cleared, protowire.Number(number))
}

// note adds the name of a field once.
func note(names *[]string, field protowire.Number) error {
	name := patchField(field)
	if name == "" {
		return fmt.Errorf("%d is no field that can be updated", field)
	}
	if !slices.Contains(*names, name) {
		*names = append(*names, name)
	}
	return nil
}

// patch returns what was read.
func (r *patchReader) patch(key model.Key) (model.Patch, error) {
	for _, name := range r.cleared {
		if slices.Contains(r.said, name) {
			return model.Patch{}, fmt.Errorf("%s is both set and cleared", name)
		}
	}
	return model.NewPatch(key, &r.values, append(r.said, r.cleared...))
}
