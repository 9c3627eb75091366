package rules

import (
	"heureka/eureka1/dialect"
	"heureka/model"
)

// The entry dialect.EurekaOrigin marks what another Eureka server passed on and the
// client itself hasn't said here since; a bridge has it hold the name of the Heureka
// that it is from. Who tells Eureka servers of what is registered leaves it out, or they
// would hear of their own words for ever.

// IsPeers reports whether an instance is known from another Eureka server only.
func IsPeers(in *model.Instance) bool { return in.Eureka1[dialect.EurekaOrigin] != "" }

func mark(in *model.Instance) {
	if IsPeers(in) {
		return
	}
	if in.Eureka1 == nil {
		in.Eureka1 = make(map[string]string)
	}
	in.Eureka1[dialect.EurekaOrigin] = dialect.OriginPeer
}
