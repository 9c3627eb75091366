package dev

import (
	"path/filepath"
	"testing"
)

func TestWriteNodesKeepTheirRegistriesApart(t *testing.T) {
	node := Plan{WriteNodes: 3, ReadNodes: 1}.Writes()[1]
	if c := (Settings{}).write(node, 3, nil); c.Data != "" {
		t.Errorf("without a folder it keeps its registry in %q", c.Data)
	}
	if c := (Settings{Data: "here"}).write(node, 3, nil); c.Data != filepath.Join("here", "write-2") {
		t.Errorf("it keeps its registry in %q", c.Data)
	}
}
