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
	var h hasher
	h.digest.Reset()
	h.text(in.App, in.ID, in.HostName, in.Address, in.AppGroup, in.ASG, in.VIP, in.SecureVIP)
	h.number(uint64(len(in.Ports)))
	for _, p := range in.Ports {
		h.text(p.Name)
		h.number(uint64(p.Number))
		h.flag(p.Secure)
		h.number(uint64(len(p.Labels)))
		h.text(p.Labels...)
	}
	h.text(string(in.Status), in.HomePageURL, in.StatusPageURL, in.HealthCheckURL, in.SecureHealthCheckURL)
	h.table(in.Metadata)
	h.number(uint64(in.Lease.RenewalMs))
	h.number(uint64(in.Lease.DurationMs))
	h.number(uint64(in.LastChangedMs))
	h.text(string(in.DataCenter.Kind), in.DataCenter.Name)
	h.number(uint64(len(in.DataCenter.Addresses)))
	for _, a := range in.DataCenter.Addresses {
		h.text(a.Label, a.IP, a.Host)
	}
	if aws := in.DataCenter.AWS; aws != nil {
		h.flag(true)
		h.text(aws.Region, aws.Zone, aws.AMI, aws.InstanceID, aws.InstanceType, aws.VPC, aws.Account,
			aws.PublicAddress, aws.PublicHost, aws.PrivateAddress)
		h.table(aws.Other)
	}
	if len(in.Eureka1) > 0 {
		h.text("eureka1")
		h.table(in.Eureka1)
	}
	if in.Override != "" {
		h.text("override", string(in.Override))
	}
	return h.digest.Sum64()
}

// EntryHash returns the hash of a key and the version of what is held for it:
// what the digests of whole maps are summed from.
func EntryHash(k Key, v Version) uint64 {
	var h hasher
	h.digest.Reset()
	h.text(k.App, k.ID)
	h.number(uint64(v.Time))
	h.number(uint64(v.Turn))
	h.text(v.Incarnation.Name)
	h.digest.Write(v.Incarnation.ID[:])
	return h.digest.Sum64()
}

// hasher feeds values to a digest so that no two sequences of values give the
// same bytes: texts are preceded by their length.
type hasher struct {
	digest  xxhash.Digest
	scratch [8]byte
}

func (h *hasher) number(n uint64) {
	binary.LittleEndian.PutUint64(h.scratch[:], n)
	h.digest.Write(h.scratch[:])
}

func (h *hasher) flag(b bool) {
	if b {
		h.number(1)
	} else {
		h.number(0)
	}
}

func (h *hasher) text(texts ...string) {
	for _, t := range texts {
		h.number(uint64(len(t)))
		h.digest.WriteString(t)
	}
}

func (h *hasher) table(m map[string]string) {
	h.number(uint64(len(m)))
	var room [16]string // enough for most
	keys := room[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		h.text(k)
		h.text(m[k])
	}
}
