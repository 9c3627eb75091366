package dev

import (
	"testing"

	"heureka/cluster"
)

func TestPlanFixesNamesAndPorts(t *testing.T) {
	plan := Plan{WriteNodes: 3, ReadNodes: 2}
	if err := plan.Validate(); err != nil {
		t.Fatal(err)
	}
	want := []Node{
		{"write-1", cluster.Write, "127.0.0.1:7001", "127.0.0.1:7101", "127.0.0.1:7201", "127.0.0.1:7301"},
		{"write-2", cluster.Write, "127.0.0.1:7002", "127.0.0.1:7102", "127.0.0.1:7202", "127.0.0.1:7302"},
		{"write-3", cluster.Write, "127.0.0.1:7003", "127.0.0.1:7103", "127.0.0.1:7203", "127.0.0.1:7303"},
		{"read-1", cluster.Read, "127.0.0.1:8761", "127.0.0.1:8861", "", ""},
		{"read-2", cluster.Read, "127.0.0.1:8762", "127.0.0.1:8862", "", ""},
	}
	nodes := plan.Nodes()
	if len(nodes) != len(want) {
		t.Fatalf("%d nodes", len(nodes))
	}
	for i := range want {
		if nodes[i] != want[i] {
			t.Errorf("got %+v, want %+v", nodes[i], want[i])
		}
	}
	moved, err := Plan{WriteNodes: 3, ReadNodes: 2, PortOffset: 20000}.Node("read-2")
	if err != nil || moved.HTTP != "127.0.0.1:28762" {
		t.Errorf("got %+v, %v", moved, err)
	}
	if _, err := plan.Node("write-4"); err == nil {
		t.Error("found a node that isn't in the plan")
	}
}

func TestPlanRefusesNumbersThatDontFit(t *testing.T) {
	for _, plan := range []Plan{
		{WriteNodes: 0, ReadNodes: 1},
		{WriteNodes: 1, ReadNodes: 0},
		{WriteNodes: MaxNodes + 1, ReadNodes: 1},
		{WriteNodes: 1, ReadNodes: 1, PortOffset: -1},
		{WriteNodes: 1, ReadNodes: 1, PortOffset: 65535 - readAdmin - MaxNodes + 1},
	} {
		if err := plan.Validate(); err == nil {
			t.Errorf("%+v is accepted", plan)
		}
	}
}

func TestPortsOfDifferentRangesDontMeet(t *testing.T) {
	seen := make(map[string]string)
	for _, n := range (Plan{WriteNodes: MaxNodes, ReadNodes: MaxNodes}).Nodes() {
		for _, address := range []string{n.HTTP, n.Admin, n.NATS, n.Routes} {
			if other, taken := seen[address]; taken && address != "" {
				t.Errorf("%s and %s both have %s", other, n.Name, address)
			}
			seen[address] = n.Name
		}
	}
}
