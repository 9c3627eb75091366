package rules

import "heureka/model"

// The entry of model.Instance.Eureka1 that marks what another Eureka server passed on
// and the client itself hasn't said here since. Who tells Eureka servers of what is
// registered leaves it out, or they would hear of their own words for ever.
const (
	keyOrigin  = "origin"
	originPeer = "peer"
)

// IsPeers reports whether an instance is known from another Eureka server only.
func IsPeers(in *model.Instance) bool { return in.Eureka1[keyOrigin] == originPeer }

func mark(in *model.Instance) {
	if in.Eureka1 == nil {
		in.Eureka1 = make(map[string]string)
	}
	in.Eureka1[keyOrigin] = originPeer
}
