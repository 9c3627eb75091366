package dev

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"heureka/cluster"
)

// Started is what a node that has a process of its own says on its standard
// output, as one line of JSON, when it is ready.
type Started struct {
	Node  string       `json:"node"`
	Role  cluster.Role `json:"role"`
	PID   int          `json:"pid"`
	HTTP  string       `json:"http"`
	Admin string       `json:"admin"`
}

// Announce writes the line for a node that runs in this process.
func Announce(w io.Writer, node Node) error {
	line, err := json.Marshal(Started{node.Name, node.Role, os.Getpid(), node.HTTP, node.Admin})
	if err != nil {
		return fmt.Errorf("announce %s: %w", node.Name, err)
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("announce %s: %w", node.Name, err)
	}
	return nil
}
