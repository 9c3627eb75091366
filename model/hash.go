package model

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// Hash returns the 64-bit content hash of a canonical instance: equal instances
// have equal hashes. The author of an entry computes it and everyone else
// carries it along, so nodes of different releases agree on it.
func (in *Instance) Hash() uint64 {
	var room [1024]byte // enough for most
	h := hasher(room[:0])
	h = h.text(in.App, in.ID, in.HostName, in.Address, in.AppGroup, in.ASG, in.VIP, in.SecureVIP)
	h = h.number(uint64(len(in.Ports)))
	for _, p := range in.Ports {
		h = h.text(p.Name)
		h = h.number(uint64(p.Number))
		h = h.flag(p.Secure)
		h = h.number(uint64(len(p.Labels)))
		h = h.text(p.Labels...)
	}
	h = h.text(string(in.Status), in.HomePageURL, in.StatusPageURL, in.HealthCheckURL, in.SecureHealthCheckURL)
	h = h.table(in.Metadata)
	h = h.number(uint64(in.Lease.RenewalMs))
	h = h.number(uint64(in.Lease.DurationMs))
	h = h.number(uint64(in.LastChangedMs))
	h = h.text(string(in.DataCenter.Kind), in.DataCenter.Name)
	h = h.number(uint64(len(in.DataCenter.Addresses)))
	for _, a := range in.DataCenter.Addresses {
		h = h.text(a.Label, a.IP, a.Host)
	}
	if aws := in.DataCenter.AWS; aws != nil {
		h = h.flag(true)
		h = h.text(aws.Region, aws.Zone, aws.AMI, aws.InstanceID, aws.InstanceType, aws.VPC, aws.Account,
			aws.PublicAddress, aws.PublicHost, aws.PrivateAddress)
		h = h.table(aws.Other)
	}
	if len(in.Eureka1) > 0 {
		h = h.text("eureka1")
		h = h.table(in.Eureka1)
	}
	if in.Override != "" {
		h = h.text("override", string(in.Override))
	}
	return h.sum()
}

// EntryHash returns the hash of a key and the version of what is held for it:
// what the digests of whole maps are summed from.
func EntryHash(k Key, v Version) uint64 {
	var room [256]byte // enough for most
	h := hasher(room[:0])
	h = h.text(k.App, k.ID)
	h = h.number(uint64(v.Time))
	h = h.number(uint64(v.Turn))
	h = h.text(v.Incarnation.Name)
	h = append(h, v.Incarnation.ID[:]...)
	return h.sum()
}

// hasher gathers values so that no two sequences of values give the same bytes: texts
// are preceded by their length. To hash all at once costs less than one after the other.
type hasher []byte

func (h hasher) sum() uint64 { return xxhash.Sum64(h) }

func (h hasher) number(n uint64) hasher { return binary.LittleEndian.AppendUint64(h, n) }

func (h hasher) flag(b bool) hasher {
	if b {
		return h.number(1)
	}
	return h.number(0)
}

func (h hasher) text(texts ...string) hasher {
	for _, t := range texts {
		h = append(h.number(uint64(len(t))), t...)
	}
	return h
}

func (h hasher) table(m map[string]string) hasher {
	h = h.number(uint64(len(m)))
	var room [16]string // enough for most
	keys := room[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		h = h.text(k, m[k])
	}
	return h
}
