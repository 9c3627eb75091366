package model

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/google/uuid"
)

// Incarnation is one run of a node: its name and an id that is fresh for each
// run. A node that restarts is another incarnation of the same name.
type Incarnation struct {
	Name string
	ID   uuid.UUID
}

// IsZero reports whether i is no incarnation at all.
func (i Incarnation) IsZero() bool { return i == Incarnation{} }

// Compare orders incarnations by name, then by id.
func (i Incarnation) Compare(other Incarnation) int {
	if c := cmp.Compare(i.Name, other.Name); c != 0 {
		return c
	}
	return strings.Compare(string(i.ID[:]), string(other.ID[:]))
}

// String returns "name/id"; ParseIncarnation reads it back.
func (i Incarnation) String() string { return string(i.Append(nil)) }

// Append appends what String returns.
func (i Incarnation) Append(b []byte) []byte {
	b = append(append(b, i.Name...), '/')
	from := 0
	for _, to := range [...]int{4, 6, 8, 10, 16} { // as a UUID is written
		if from > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, i.ID[from:to])
		from = to
	}
	return b
}

// ParseIncarnation reads what String wrote.
func ParseIncarnation(text string) (Incarnation, error) {
	slash := strings.LastIndexByte(text, '/') // a name may have one, an id hasn't
	if slash <= 0 {
		return Incarnation{}, fmt.Errorf("model: incarnation %.80q isn't name/id", text)
	}
	id, err := uuid.Parse(text[slash+1:])
	if err != nil {
		return Incarnation{}, fmt.Errorf("model: incarnation %.80q: its id is no UUID", text)
	}
	return Incarnation{Name: text[:slash], ID: id}, nil
}

// Dot tells who authored an entry and as its how-manyeth: each incarnation
// numbers what it authors 1, 2, 3 and so on. The incarnation in an entry's dot
// is the entry's owner: it alone holds the lease.
type Dot struct {
	Incarnation Incarnation
	Seq         uint64
}

// Compare orders dots by incarnation, then by number.
func (d Dot) Compare(other Dot) int {
	return cmp.Or(d.Incarnation.Compare(other.Incarnation), cmp.Compare(d.Seq, other.Seq))
}

// Time is a reading of a hybrid logical clock: microseconds since 1970 in the
// upper 52 bits and, in the lower TimeNodeBits, bits that belong to the node
// which drew it, so that two nodes never draw the same.
type Time uint64

// TimeNodeBits is how many low bits of a Time are the drawing node's own.
const TimeNodeBits = 12

// TimeBits returns the low bits of every time that the incarnation draws.
func (i Incarnation) TimeBits() uint64 {
	return xxhash.Sum64(i.ID[:]) & (1<<TimeNodeBits - 1)
}

// Micros returns the part of t that is microseconds since 1970.
func (t Time) Micros() int64 { return int64(t >> TimeNodeBits) }

// TurnEnd is the infinite turn: the turn of a tombstone that an unregister
// leaves. It ends that word of the client, whoever authored it last.
const TurnEnd uint32 = math.MaxUint32

// Version totally orders the entries of one key. Time is drawn whenever the
// client says something new; Turn counts how often that same word was authored
// again by another owner.
type Version struct {
	Time        Time
	Turn        uint32
	Incarnation Incarnation
	// Override is of what a view shows only: the time of the newest word on the
	// override of the instance's status, 0 if there is none. The version of an
	// entry has none.
	Override Time
}

// IsZero reports whether v is no version at all.
func (v Version) IsZero() bool { return v == Version{} }

// Compare orders versions by time, then turn, then incarnation, then override.
// Both what an instance is and its override only ever move on, so what is shown
// of them does too.
func (v Version) Compare(other Version) int {
	return cmp.Or(
		cmp.Compare(v.Time, other.Time),
		cmp.Compare(v.Turn, other.Turn),
		v.Incarnation.Compare(other.Incarnation),
		cmp.Compare(v.Override, other.Override),
	)
}

// String returns "time-turn-name/id", and "+override" if there is one, numbers in
// hexadecimal. Clients carry it as an opaque text; ParseVersion reads it back.
func (v Version) String() string {
	var room [128]byte // enough for most
	return string(v.Append(room[:0]))
}

// Append appends what String returns.
func (v Version) Append(b []byte) []byte {
	if v.IsZero() {
		return b
	}
	b = append(strconv.AppendUint(b, uint64(v.Time), 16), '-')
	b = append(strconv.AppendUint(b, uint64(v.Turn), 16), '-')
	b = v.Incarnation.Append(b)
	if v.Override != 0 {
		b = strconv.AppendUint(append(b, '+'), uint64(v.Override), 16)
	}
	return b
}

// ErrVersion is returned by ParseVersion.
var ErrVersion = errors.New("model: malformed version")

// ParseVersion reads what String wrote; the empty text is the zero version.
func ParseVersion(text string) (Version, error) {
	if text == "" {
		return Version{}, nil
	}
	parts := strings.SplitN(text, "-", 3)
	if len(parts) != 3 {
		return Version{}, fmt.Errorf("%w: %.80q", ErrVersion, text)
	}
	time, err := strconv.ParseUint(parts[0], 16, 64)
	if err != nil {
		return Version{}, fmt.Errorf("%w: time of %.80q", ErrVersion, text)
	}
	turn, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return Version{}, fmt.Errorf("%w: turn of %.80q", ErrVersion, text)
	}
	name := parts[2][:strings.LastIndexByte(parts[2], '/')+1]
	id, suffix, overridden := strings.Cut(parts[2][len(name):], "+")
	var override uint64
	if overridden {
		if override, err = strconv.ParseUint(suffix, 16, 64); err != nil || override == 0 {
			return Version{}, fmt.Errorf("%w: override of %.80q", ErrVersion, text)
		}
	}
	incarnation, err := ParseIncarnation(name + id)
	if err != nil {
		return Version{}, fmt.Errorf("%w: %w", ErrVersion, err)
	}
	return Version{Time: Time(time), Turn: uint32(turn), Incarnation: incarnation, Override: Time(override)}, nil
}

// Vector says how much of what each incarnation authored has been merged:
// everything up to the number it holds. A missing incarnation counts as 0.
type Vector map[Incarnation]uint64

// Covers reports whether the dot has been merged.
func (v Vector) Covers(d Dot) bool { return v[d.Incarnation] >= d.Seq }

// Includes reports whether v is at or beyond other.
func (v Vector) Includes(other Vector) bool {
	for inc, seq := range other {
		if v[inc] < seq {
			return false
		}
	}
	return true
}

// Equal reports whether both vectors say the same.
func (v Vector) Equal(other Vector) bool { return v.Includes(other) && other.Includes(v) }

// Clone returns a copy, never nil.
func (v Vector) Clone() Vector {
	out := make(Vector, len(v))
	for inc, seq := range v {
		out[inc] = seq
	}
	return out
}

// Join raises v to the greater of both, incarnation by incarnation.
func (v Vector) Join(other Vector) {
	for inc, seq := range other {
		v.Raise(Dot{inc, seq})
	}
}

// Raise raises v so that it covers d.
func (v Vector) Raise(d Dot) {
	if v[d.Incarnation] < d.Seq {
		v[d.Incarnation] = d.Seq
	}
}
