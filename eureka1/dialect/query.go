package dialect

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"heureka/model"
)

// Query is what a request says after the question mark.
type Query struct {
	// Value is the status of a status request, "" if it says none.
	Value model.Status
	// LastDirtyMs is the time of the client's last change, 0 if it says none.
	LastDirtyMs int64
	// Status is the one that a heartbeat tells of, which changes nothing.
	Status model.Status
	// Overridden is the override that a server knows of, "" if it says none or UNKNOWN.
	Overridden model.Status
}

// ParseQuery reads the query of a heartbeat or a status request. What it doesn't know
// it passes over; of what comes twice the first counts. Its error is for an answer
// with status 400.
func ParseQuery(raw string) (q Query, err error) {
	seen := 0
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		name = decoded(name)
		bit := queryBit(name)
		if seen&bit != 0 || bit == 0 {
			continue
		}
		seen |= bit
		if strings.ContainsAny(value, "%+") {
			if value, err = url.QueryUnescape(value); err != nil {
				return Query{}, fmt.Errorf("%s isn't encoded as a query has it", name)
			}
		}
		if err := q.set(name, value); err != nil {
			return Query{}, err
		}
	}
	return q, nil
}

// decoded returns a name without its escapes; as it is, which nobody knows then, if they
// can't be read.
func decoded(name string) string {
	if !strings.ContainsAny(name, "%+") {
		return name
	}
	if text, err := url.QueryUnescape(name); err == nil {
		return text
	}
	return name
}

func queryBit(name string) int {
	switch name {
	case "value":
		return 1
	case "status":
		return 2
	case "lastDirtyTimestamp":
		return 4
	case "overriddenstatus":
		return 8
	default:
		return 0
	}
}

func (q *Query) set(name, value string) error {
	switch name {
	case "lastDirtyTimestamp":
		if value == "" {
			return nil
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("lastDirtyTimestamp %.40q is no number", value)
		}
		q.LastDirtyMs = n
	case "value":
		s, ok := ParseStatus(value)
		if !ok {
			return fmt.Errorf("value %.40q is no status", value)
		}
		q.Value = s
	case "status":
		q.Status, _ = ParseStatus(value)
	case "overriddenstatus":
		if q.Overridden, _ = ParseStatus(value); q.Overridden == model.StatusUnknown {
			q.Overridden = ""
		}
	}
	return nil
}

// ParseMetadata reads the query of a request that adds to an instance's metadata:
// every pair is an entry, the first counts of those with one key. [KeyOrigin] is none.
func ParseMetadata(raw string) (map[string]string, error) {
	table := make(map[string]string)
	for raw != "" {
		var pair string
		if pair, raw, _ = strings.Cut(raw, "&"); pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(name)
		if err != nil {
			return nil, fmt.Errorf("key %.40q isn't encoded as a query has it", name)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, fmt.Errorf("the value of %.40q isn't encoded as a query has it", key)
		}
		if _, there := table[key]; there || key == classKey || key == KeyOrigin {
			continue
		}
		if len(table) == maxPairs {
			return nil, fmt.Errorf("there are more than %d entries", maxPairs)
		}
		table[key] = value
	}
	return table, nil
}

// ParseASG reads the value of a request about an auto scaling group, in letters of
// any case.
func ParseASG(value string) (enabled, ok bool) {
	return strings.EqualFold(value, "ENABLED"), strings.EqualFold(value, "ENABLED") || strings.EqualFold(value, "DISABLED")
}
