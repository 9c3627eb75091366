package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
)

type clusterCommand struct {
	writeNodes
	readNodes
	JSON bool `name:"json" help:"What each node says of itself, as one JSON array, for programs."`
}

// nodeStatus is what one node says of itself at /api/v1/status.
type nodeStatus struct {
	Address string          `json:"address"`
	Status  json.RawMessage `json:"status,omitempty"`
	Error   string          `json:"error,omitempty"` // why it says nothing

	node string // the address with its password
}

// Run asks all nodes at the same time. It fails if one doesn't answer, but
// shows the others.
func (c clusterCommand) Run(ctx context.Context, to console) error {
	nodes := make([]nodeStatus, 0, len(c.Write)+len(c.Read))
	for _, address := range c.Write {
		nodes = append(nodes, nodeStatus{Address: shown(address), node: address})
	}
	for _, address := range c.Read {
		nodes = append(nodes, nodeStatus{Address: shown(address), node: address})
	}
	var asking sync.WaitGroup
	for i := range nodes {
		asking.Go(func() { nodes[i].ask(ctx) })
	}
	asking.Wait()
	if err := c.show(to, nodes); err != nil {
		return err
	}
	silent := 0
	for _, n := range nodes {
		if n.Error != "" {
			silent++
		}
	}
	if silent > 0 {
		return fmt.Errorf("%d of %d nodes don't answer", silent, len(nodes))
	}
	return nil
}

func (n *nodeStatus) ask(ctx context.Context) {
	body, err := ask(ctx, n.node, "/api/v1/status")
	if err == nil {
		err = json.Unmarshal(body, &n.Status)
	}
	if err != nil {
		n.Error = err.Error()
	}
}

func (c clusterCommand) show(to console, nodes []nodeStatus) error {
	if c.JSON {
		encoder := json.NewEncoder(to.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(nodes)
	}
	rows := [][]string{{"NODE", "ROLE", "STATE", "INSTANCES", "UNCONFIRMED", "CLIENTS", "DIGEST", "ADDRESS"}}
	for _, n := range nodes {
		row, err := n.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return writeTable(to.out, rows)
}

// row is the node's line of the table. A digest that differs while nothing
// changes tells that two nodes don't hold the same.
func (n nodeStatus) row() ([]string, error) {
	if n.Error != "" {
		return []string{"-", "-", "no answer", "-", "-", "-", "-", n.Address}, nil
	}
	var s struct {
		Node     string `json:"node"`
		Role     string `json:"role"`
		Ready    bool   `json:"ready"`
		Stale    bool   `json:"stale"`
		Behind   bool   `json:"behind"`
		Draining bool   `json:"draining"`
		Live     int    `json:"live"`
		Digest   string `json:"digest"`
		// Instances whose clients haven't come back since they were restored or taken
		// over: a write node's own, a read node's sum of all.
		Unconfirmed int `json:"unconfirmed"`
		// Of a read and of a write node.
		Sessions    int `json:"sessions"`
		Connections int `json:"connections"`
	}
	if err := json.Unmarshal(n.Status, &s); err != nil {
		return nil, fmt.Errorf("the status of %s: %w", n.Address, err)
	}
	state := "ready"
	switch {
	case s.Draining:
		state = "draining"
	case !s.Ready:
		state = "starting"
	case s.Stale:
		state = "cut off"
	case s.Behind:
		state = "behind"
	}
	return []string{s.Node, s.Role, state, strconv.Itoa(s.Live), strconv.Itoa(s.Unconfirmed), strconv.Itoa(s.Sessions + s.Connections), s.Digest, n.Address}, nil
}
