package main

import (
	"slices"
	"testing"

	"heureka/internal/dev"
)

func TestANodesProcessKeepsDataOnlyWhereItWasTold(t *testing.T) {
	node := dev.Plan{WriteNodes: 3, ReadNodes: 2}.Nodes()[0]
	if args := (devCommand{WriteNodes: 3, ReadNodes: 2}).arguments(node); slices.Contains(args, "--data") {
		t.Errorf("without a folder: %v", args)
	}
	args := devCommand{WriteNodes: 3, ReadNodes: 2, Data: "here"}.arguments(node)
	if i := slices.Index(args, "--data"); i < 0 || args[i+1] != "here" || !slices.Contains(args, node.Name) {
		t.Errorf("with a folder: %v", args)
	}
}
