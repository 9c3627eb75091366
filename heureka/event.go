package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"heureka/client"
	"heureka/model"
)

// jsonEvent writes an event as one JSON object: the fields of the instance, and
// before them "type". An instance that is removed is told as it was last.
func jsonEvent(e client.Event) ([]byte, error) {
	line := []byte(`{"type":"` + string(e.Type) + `"`)
	if e.Instance == nil {
		return append(line, "}\n"...), nil
	}
	fields, err := json.Marshal(e.Instance)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Instance.Key(), err)
	}
	line = append(line, ',')
	return append(append(line, fields[1:]...), '\n'), nil // without its opening brace
}

// humanEvent writes an event as a line for people.
func humanEvent(e client.Event) ([]byte, error) {
	in := e.Instance
	if in == nil {
		return []byte(string(e.Type) + "\n"), nil
	}
	line := fmt.Sprintf("%-8s  %s", string(e.Type), in.Key())
	switch e.Type {
	case client.Added:
		line += describe(in)
	case client.Modified:
		line += describe(in) + changed(e.Before, in)
	}
	return []byte(line + "\n"), nil
}

func describe(in *model.Instance) string {
	text := "  " + string(in.Status)
	if address := addressOf(in); address != "" {
		text += "  " + address
	}
	if in.VIP != "" {
		text += "  vip " + in.VIP
	}
	if in.SecureVIP != "" {
		text += "  secure vip " + in.SecureVIP
	}
	return text
}

// changed names the fields that differ.
func changed(before, after *model.Instance) string {
	if before == nil {
		return ""
	}
	patch, err := model.Diff(before, after)
	if err != nil || patch.Empty() {
		return ""
	}
	return "  (" + strings.Join(patch.Fields(), ", ") + " changed)"
}
