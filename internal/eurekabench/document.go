package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is what apps and apps/delta say.
type document struct {
	Hash string
	Rows []shown // in their order
}

// shown is one instance, as far as it is judged.
type shown struct {
	App       string            `json:"app"`
	ID        string            `json:"instanceId"`
	Host      string            `json:"hostName"`
	Address   string            `json:"ipAddr"`
	VIP       string            `json:"vipAddress"`
	Status    string            `json:"status"`
	Action    string            `json:"actionType"`
	Metadata  map[string]string `json:"metadata"`
	DirtyText json.Number       `json:"lastDirtyTimestamp"`
}

func (s *shown) key() string { return s.App + "/" + s.ID }

// decode reads a document, compressed or not.
func decode(raw []byte) (document, error) {
	text, err := unzip(raw)
	if err != nil {
		return document{}, err
	}
	var body struct {
		Applications *struct {
			Hash        string `json:"apps__hashcode"`
			Application []struct {
				Instance []shown `json:"instance"`
			} `json:"application"`
		} `json:"applications"`
	}
	if err := json.Unmarshal(text, &body); err != nil {
		return document{}, fmt.Errorf("a document: %w", err)
	}
	if body.Applications == nil {
		return document{}, fmt.Errorf("no document: %.200q", text)
	}
	d := document{Hash: body.Applications.Hash}
	for _, app := range body.Applications.Application {
		d.Rows = append(d.Rows, app.Instance...)
	}
	return d, nil
}

// table is what a client keeps.
type table map[string]shown

func tableOf(d document) table {
	t := make(table, len(d.Rows))
	t.apply(d)
	return t
}

// apply takes in a document, a delta or a whole one, as Eureka's clients do.
func (t table) apply(d document) {
	for _, row := range d.Rows {
		if row.Action == "DELETED" {
			delete(t, row.key())
			continue
		}
		t[row.key()] = row
	}
}

// hash returns the hash code that a document of these instances has.
func (t table) hash() string {
	counts := make(map[string]int)
	for _, row := range t {
		counts[row.Status]++
	}
	var text strings.Builder
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&text, "%s_%d_", status, counts[status])
	}
	return text.String()
}

// decodeInstance reads the document of one instance.
func decodeInstance(raw []byte) (shown, error) {
	var body struct {
		Instance shown `json:"instance"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return shown{}, fmt.Errorf("an instance: %w", err)
	}
	return body.Instance, nil
}
