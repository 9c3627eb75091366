package model

import (
	"fmt"

	"heureka/internal/proto"
)

// Packed is an instance as the bytes of its protocol buffer: one piece of memory
// without pointers, a fifth of what an Instance takes. It is how the registry holds
// instances, how they travel between nodes, and how they are stored.
//
// It is canonical: equal instances are equal Packeds, which == shows. There is
// nothing in it that can't be unpacked. The zero Packed is no instance.
type Packed struct{ bytes string }

// Pack returns a canonical instance packed; nil is none.
func Pack(in *Instance) Packed {
	if in == nil {
		return Packed{}
	}
	var room [1024]byte // enough for most
	return Packed{string(in.AppendProto(room[:0]))}
}

// ReadPacked takes in the bytes of an instance from outside. They are read and made
// canonical; fields that this release doesn't know are dropped, as they are of
// everything else that it reads. The Packed shares nothing with them.
func ReadPacked(bytes []byte) (Packed, error) {
	p := Packed{string(bytes)}
	var in Instance
	if err := in.ReadProto(p.bytes); err != nil {
		return Packed{}, fmt.Errorf("instance: %w", err)
	}
	var room [1024]byte
	if canonical := in.Canonical().AppendProto(room[:0]); string(canonical) != p.bytes {
		return Packed{string(canonical)}, nil
	}
	return p, nil
}

// Unpack returns the instance, nil if there is none. It is the caller's own, but
// its texts share the packed bytes: who keeps one of them for long, and not the
// rest, makes a copy of it.
func (p Packed) Unpack() *Instance {
	if p.IsZero() {
		return nil
	}
	in := new(Instance)
	if err := in.ReadProto(p.bytes); err != nil {
		panic(fmt.Sprintf("model: packed instance: %v", err)) // nothing but Pack and ReadPacked makes one
	}
	return in
}

// Is reports whether the instance has that key.
func (p Packed) Is(key Key) bool {
	var app, id string
	for r := proto.Read(p.bytes); r.Next() && r.Field <= 2; { // they come first
		if r.Field == 1 {
			app = r.Text
		} else {
			id = r.Text
		}
	}
	return app == key.App && id == key.ID
}

// VIPs returns the lists of vips and secure vips, without unpacking the rest. They
// share the packed bytes.
func (p Packed) VIPs() (vip, secureVIP string) {
	for r := proto.Read(p.bytes); r.Next() && r.Field <= 8; {
		switch r.Field {
		case 7:
			vip = r.Text
		case 8:
			secureVIP = r.Text
		}
	}
	return vip, secureVIP
}

// Status returns the status that the instance has, without unpacking the rest.
func (p Packed) Status() Status {
	for r := proto.Read(p.bytes); r.Next() && r.Field <= 10; {
		if r.Field == 10 {
			return ParseStatus(r.Text)
		}
	}
	return ParseStatus("")
}

// Lease returns the instance's lease, without unpacking the rest.
func (p Packed) Lease() Lease {
	var l Lease
	for r := proto.Read(p.bytes); r.Next() && r.Field <= 17; {
		switch r.Field {
		case 16:
			l.RenewalMs = int64(r.Number)
		case 17:
			l.DurationMs = int64(r.Number)
		}
	}
	return l
}

// LastChangedMs returns the instance's LastChangedMs, without unpacking the rest.
func (p Packed) LastChangedMs() int64 {
	for r := proto.Read(p.bytes); r.Next() && r.Field <= 18; {
		if r.Field == 18 {
			return int64(r.Number)
		}
	}
	return 0
}

// IsZero reports whether p is no instance.
func (p Packed) IsZero() bool { return p.bytes == "" }

// Len returns how many bytes the instance has.
func (p Packed) Len() int { return len(p.bytes) }

// AppendTo appends the bytes.
func (p Packed) AppendTo(b []byte) []byte { return append(b, p.bytes...) }

// String returns the instance as people want to read it.
func (p Packed) String() string {
	if p.IsZero() {
		return "no instance"
	}
	return fmt.Sprintf("%+v", *p.Unpack())
}
