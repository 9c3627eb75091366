package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"heureka/model"
)

// population is what is registered in one row. Instance k belongs to application
// k modulo Apps, and change number c, counted from 1 over all instances, is of
// instance (c-1) modulo Instances: so everybody knows without a word what must be
// held after so many changes.
type population struct {
	Instances int `json:"instances"`
	Apps      int `json:"apps"`
	Size      int `json:"size"` // bytes of each as JSON
}

func (p population) app(k int) string { return fmt.Sprintf("APP-%04d", k%p.Apps) }

// idFormat has the same length for all, so that an id can be written over another.
const idFormat = "i-%07d"

func (p population) key(k int) model.Key {
	return model.Key{App: p.app(k), ID: fmt.Sprintf(idFormat, k)}
}

// vip returns the vip of instance k, which no other has.
func (p population) vip(k int) string { return fmt.Sprintf("svc-%07d-a", k) }

// made returns how many of so many changes were of instance k.
func (p population) made(k, total int) int {
	if total <= k {
		return 0
	}
	return (total-1-k)/p.Instances + 1
}

// last returns the number of the last of so many changes that was of instance k; 0
// if none was.
func (p population) last(k, total int) int {
	if made := p.made(k, total); made > 0 {
		return (made-1)*p.Instances + k + 1
	}
	return 0
}

// records makes the instances of a population.
type records struct {
	population
	pad string // fills each up to Size
}

func newRecords(p population) (*records, error) {
	r := &records{population: p}
	bare, err := json.Marshal(r.instance(mark{}))
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	if len(bare) > p.Size {
		return nil, fmt.Errorf("records: one takes %d bytes at least, %d are asked for", len(bare), p.Size)
	}
	r.pad = strings.Repeat("x", p.Size-len(bare))
	return r, nil
}

// instance returns the instance as the change says it.
func (r *records) instance(m mark) *model.Instance {
	k := m.instance
	key := r.key(k)
	in := &model.Instance{
		App:      key.App,
		ID:       key.ID,
		HostName: fmt.Sprintf("host-%07d.example.org", k),
		Address:  "10.0.0.1",
		VIP:      r.vip(k),
		Ports:    []model.Port{{Name: "http", Number: 8080}},
		Status:   model.StatusUp,
		Metadata: map[string]string{"mark": m.String(), "pad": r.pad},
	}
	return in.Canonical()
}

// encoded returns the instance as JSON, the record of every peer.
func (r *records) encoded(m mark) ([]byte, error) { return json.Marshal(r.instance(m)) }
