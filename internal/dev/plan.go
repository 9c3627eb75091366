package dev

import (
	"fmt"
	"net"
	"strconv"

	"heureka/cluster"
)

// MaxNodes is how many nodes of each role a plan may have: their ports must not
// run into those of the next range.
const MaxNodes = 99

// The first ports of each range. Node n, counted from 1, has the port n above.
// The read nodes begin where every Eureka client tries first.
const (
	writeHTTP   = 7000
	writeAdmin  = 7100
	writeNATS   = 7200
	writeRoutes = 7300
	readHTTP    = 8760
	readAdmin   = 8860
)

// Plan fixes a cluster on the loopback address. The ports of each node follow
// from its number, so that a node which is started again comes back where it was
// and every command knows where to look.
type Plan struct {
	WriteNodes int
	ReadNodes  int
	// PortOffset moves all ports, so that a second cluster fits beside the first.
	PortOffset int
}

// Node is one node of a plan. Addresses are host:port.
type Node struct {
	Name   string // "write-1"
	Role   cluster.Role
	HTTP   string
	Admin  string
	NATS   string // write nodes only: for clients of the embedded server
	Routes string // write nodes only: for the embedded servers of its peers
}

// AnyPorts returns nodes without a plan: on ports of the system's choosing, which
// are known when a node listens.
func AnyPorts(writes, reads int) []Node {
	const anyPort = "127.0.0.1:0"
	var nodes []Node
	for n := range writes {
		nodes = append(nodes, Node{Name: name(cluster.Write, n+1), Role: cluster.Write, HTTP: anyPort, Admin: anyPort, NATS: anyPort, Routes: anyPort})
	}
	for n := range reads {
		nodes = append(nodes, Node{Name: name(cluster.Read, n+1), Role: cluster.Read, HTTP: anyPort, Admin: anyPort})
	}
	return nodes
}

// name returns the name of a role's n-th node.
func name(role cluster.Role, n int) string { return string(role) + "-" + strconv.Itoa(n) }

// Validate reports what is wrong with the plan's numbers.
func (p Plan) Validate() error {
	for _, n := range []struct {
		flag  string
		count int
	}{{"write-nodes", p.WriteNodes}, {"read-nodes", p.ReadNodes}} {
		if n.count < 1 || n.count > MaxNodes {
			return fmt.Errorf("--%s is %d; 1 to %d are possible", n.flag, n.count, MaxNodes)
		}
	}
	if top := readAdmin + MaxNodes + p.PortOffset; p.PortOffset < 0 || top > 65535 {
		return fmt.Errorf("--port-offset is %d; 0 to %d are possible", p.PortOffset, 65535-readAdmin-MaxNodes)
	}
	return nil
}

// Writes returns the write nodes, by number.
func (p Plan) Writes() []Node {
	nodes := make([]Node, p.WriteNodes)
	for i := range nodes {
		n := i + 1
		nodes[i] = Node{
			Name:   name(cluster.Write, n),
			Role:   cluster.Write,
			HTTP:   p.address(writeHTTP + n),
			Admin:  p.address(writeAdmin + n),
			NATS:   p.address(writeNATS + n),
			Routes: p.address(writeRoutes + n),
		}
	}
	return nodes
}

// Reads returns the read nodes, by number.
func (p Plan) Reads() []Node {
	nodes := make([]Node, p.ReadNodes)
	for i := range nodes {
		n := i + 1
		nodes[i] = Node{
			Name:  name(cluster.Read, n),
			Role:  cluster.Read,
			HTTP:  p.address(readHTTP + n),
			Admin: p.address(readAdmin + n),
		}
	}
	return nodes
}

// Nodes returns all nodes, write nodes first.
func (p Plan) Nodes() []Node { return append(p.Writes(), p.Reads()...) }

// Node returns the node with that name.
func (p Plan) Node(name string) (Node, error) {
	for _, n := range p.Nodes() {
		if n.Name == name {
			return n, nil
		}
	}
	return Node{}, fmt.Errorf("no node is called %q: there are write-1 to write-%d and read-1 to read-%d",
		name, p.WriteNodes, p.ReadNodes)
}

func (p Plan) address(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port+p.PortOffset))
}

// HTTPOf returns the service addresses of nodes.
func HTTPOf(nodes []Node) []string {
	addresses := make([]string, len(nodes))
	for i, n := range nodes {
		addresses[i] = n.HTTP
	}
	return addresses
}
