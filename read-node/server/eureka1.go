package server

import (
	"heureka/cluster"
	"heureka/eureka1"
)

// eurekaNode is the node as the handler of Eureka 1 requests sees it.
type eurekaNode struct{ *Server }

// openEureka1 prepares what Eureka 1 clients are served from, and who serves it.
func (s *Server) openEureka1() error {
	feed, err := eureka1.NewFeed(s.config.Eureka1)
	if err != nil {
		return err
	}
	s.loop.core.eureka1 = feed
	self := eureka1.Self{Name: s.self.Name, HTTP: s.advertised(), Cluster: s.config.Cluster}
	s.eureka1 = eureka1.NewHandler(s.config.Eureka1, self, eurekaNode{s}, feed, nil, "heureka_read_", s.registry, s.log)
	return nil
}

func (n eurekaNode) State() eureka1.State {
	st := n.state.Load()
	return eureka1.State{Ready: st.ready, Stale: st.stale, Leaving: n.sessions.check() != nil}
}

func (n eurekaNode) Peers() []eureka1.Peer {
	var peers []eureka1.Peer
	for _, m := range n.state.Load().members {
		peers = append(peers, eureka1.Peer{HTTP: m.HTTP, Write: m.Role == cluster.Write, Ready: m.Ready})
	}
	return peers
}
