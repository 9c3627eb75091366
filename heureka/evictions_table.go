package main

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"heureka/wire"
)

// evictionState is what a write node answers about its evictions, as far as it is
// shown.
type evictionState struct {
	Node     string                        `json:"node"`
	Classes  map[string]evictionClassState `json:"classes"`
	Released int                           `json:"released"`
}

type evictionClassState struct {
	Held     int              `json:"held"`
	Queued   int              `json:"queued"`
	OldestMs int64            `json:"oldestMs"`
	Quota    int              `json:"quota"`
	Left     int              `json:"left"`
	Holds    map[string]int64 `json:"holds"`
}

func (c evictionNodes) show(to console, nodes []*nodeEvictions) error {
	if c.JSON {
		encoder := json.NewEncoder(to.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(nodes)
	}
	rows := [][]string{{"NODE", "CLASS", "HELD", "QUEUED", "OLDEST", "QUOTA", "LEFT", "WHY HELD", "ADDRESS"}}
	for _, n := range nodes {
		rows = append(rows, n.rows()...)
	}
	return writeTable(to.out, rows)
}

// rows are the node's lines of the table, one for each class.
func (n *nodeEvictions) rows() (rows [][]string) {
	if n.err != nil {
		why := "no answer"
		if refused := new(wire.Error); errors.As(n.err, &refused) {
			why = "refused"
		}
		return [][]string{{"-", "-", "-", "-", "-", "-", "-", why, n.Address}}
	}
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(n.state.Classes))) { // own ones first
		c := n.state.Classes[name]
		oldest := "-"
		if c.Queued > 0 {
			oldest = seconds(c.OldestMs)
		}
		rows = append(rows, []string{n.state.Node, name, strconv.Itoa(c.Held), strconv.Itoa(c.Queued), oldest,
			strconv.Itoa(c.Quota), strconv.Itoa(c.Left), c.why(), n.Address})
	}
	return rows
}

// why says what holds a queue, the longest hold first. That a window is spent is
// of no interest while nothing is queued.
func (c evictionClassState) why() string {
	holds := maps.Clone(c.Holds)
	if c.Queued == 0 {
		delete(holds, "quota")
		delete(holds, "window")
	}
	reasons := slices.Sorted(maps.Keys(holds))
	slices.SortStableFunc(reasons, func(a, b string) int { return int(min(max(holds[b]-holds[a], -1), 1)) })
	for i, reason := range reasons {
		reasons[i] = reason + " " + seconds(holds[reason])
	}
	return orDash(strings.Join(reasons, ", "))
}

// seconds is a time for people, from milliseconds.
func seconds(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second).String()
}
