package clustertest

import (
	"fmt"
	"testing"

	"heureka/client"
	"heureka/cluster"
	"heureka/internal/dev"
)

// TestLossOfTheNATSRoutes gives the write nodes a network of their own for the
// routes between their NATS servers, and takes it away from two of them and then
// from all, while clients and read nodes reach every node as before.
func TestLossOfTheNATSRoutes(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.segment("front")
	n.segment("back")
	nodes := dev.Plan{WriteNodes: 3, ReadNodes: 2}.Nodes()
	public := n.host() // of the read nodes and all clients
	n.plug(public, "front", "10.77.0.100")
	hosts := make(map[string]*namespace)
	back := make(map[string]string)
	for i, node := range nodes {
		if node.Role == cluster.Read {
			nodes[i] = moved(node, "10.77.0.100", "")
			continue
		}
		host, front := n.host(), fmt.Sprintf("10.77.0.%d", i+1)
		hosts[node.Name], back[node.Name] = host, fmt.Sprintf("10.77.1.%d", i+1)
		n.plug(host, "front", front)
		n.plug(host, "back", back[node.Name])
		nodes[i] = moved(node, front, back[node.Name])
	}
	f := launchAt(t, nodes, func(node dev.Node) place {
		if host := hosts[node.Name]; host != nil {
			return host
		}
		return public
	})
	f.appear = patience
	s := stage(f)
	s.traffic.lease = longer
	s.followed("a follower", public)
	for _, w := range s.writes {
		s.traffic.add("at-"+w.node.Name, s.client(public, w))
	}
	s.flows()

	// NATS servers pass on what clients say, but not what other servers say: the
	// two have to learn of each other from the third, by its beacons and its answers.
	one, other, third := s.writes[0], s.writes[1], s.writes[2]
	n.deafen(hosts[one.node.Name], back[other.node.Name])
	n.deafen(hosts[other.node.Name], back[one.node.Name])
	s.hear([]*process{one}, one, third)
	s.hear([]*process{other}, other, third)
	s.flows()
	for _, w := range s.writes {
		s.keep(registered(t, s.client(public, w), longLived("two-lost-"+w.node.Name), s.looking()...))
	}

	n.down("back")
	for _, w := range s.writes {
		s.hear([]*process{w}, w)
	}
	s.flows()
	var said []*client.Registration
	for _, w := range s.writes {
		said = append(said, registered(t, s.client(public, w), longLived("all-lost-"+w.node.Name)))
	}
	if held := s.leases("adopted", s.writes...); held != 0 {
		t.Errorf("nodes that hear nobody took over %d", held)
	}

	n.up("back")
	n.hear(hosts[one.node.Name], back[other.node.Name])
	n.hear(hosts[other.node.Name], back[one.node.Name])
	s.whole()
	for _, r := range said {
		s.keep(r)
		s.each(func(w *watcher) { w.sees(r.Instance()) })
	}
	s.ends()
}
