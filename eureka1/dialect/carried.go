package dialect

import (
	"encoding/json"

	"heureka/model"
)

// What Eureka has no words for travels in an instance's metadata, under two reserved
// keys, as the JSON that docs/protocol.md describes. A Eureka client may look at it;
// an instance that comes back through Eureka, from a bridge, is what it was.
const (
	keyPorts      = "heureka.ports"
	keyDataCenter = "heureka.dataCenter"
)

// KeyOrigin is the key of metadata that marks an instance whose client isn't registered
// where it is shown: the value is the name of the Heureka from which a bridge told it
// there, or [OriginPeer] for one that Heureka knows from a Eureka server only. Bridges
// tell nobody of those, so that nothing comes back to where it is from. It is nobody's
// metadata: what is read has it in model.Instance.Eureka1, under [EurekaOrigin].
const (
	KeyOrigin    = "heureka.origin"
	OriginPeer   = "peer"
	EurekaOrigin = "origin"
)

// carriedCenter is a data centre but for Amazon's part, which Eureka can say.
type carriedCenter struct {
	Kind      model.DataCenterKind `json:"kind,omitempty"`
	Name      string               `json:"name,omitempty"`
	Addresses []model.Address      `json:"addresses,omitempty"`
}

// carry returns the entries of metadata for what Eureka can't say of an instance,
// none for most.
func carry(in *model.Instance) (carried []Pair) {
	if !plainPorts(in.Ports) {
		carried = appendCarried(carried, keyPorts, in.Ports)
	}
	if d := &in.DataCenter; !plainCenter(d) {
		carried = appendCarried(carried, keyDataCenter, carriedCenter{d.Kind, d.Name, d.Addresses})
	}
	if origin := in.Eureka1[EurekaOrigin]; origin != "" {
		carried = append(carried, Pair{KeyOrigin, origin})
	}
	return carried
}

func appendCarried(carried []Pair, key string, value any) []Pair {
	text, err := json.Marshal(value)
	if err != nil { // texts and numbers can't fail to be written
		return carried
	}
	return append(carried, Pair{key, string(text)})
}

// plainPorts reports whether Eureka's two ports say it all.
func plainPorts(ports []model.Port) bool {
	for i, p := range ports {
		if i > 1 || p.Name != "" || len(p.Labels) > 0 || i == 1 && (ports[0].Secure || !p.Secure) {
			return false
		}
	}
	return true
}

// plainCenter reports whether Eureka's name of a data centre says it all.
func plainCenter(d *model.DataCenter) bool {
	if len(d.Addresses) > 0 {
		return false
	}
	return d.Name == "" || d.Name == dataCenterOf(d).Name
}

// restore gives an instance back what was carried in its metadata, and takes that
// out. Where it doesn't agree with Eureka's own words these count, and it stays as a
// piece of metadata like any other.
func restore(in *model.Instance, said *Info) {
	if origin := in.Metadata[KeyOrigin]; origin != "" {
		remember(in, EurekaOrigin, origin)
	}
	delete(in.Metadata, KeyOrigin)
	if text, ok := in.Metadata[keyPorts]; ok {
		var ports []model.Port
		if json.Unmarshal([]byte(text), &ports) == nil && agrees(ports, said) {
			in.Ports = ports
			delete(in.Metadata, keyPorts)
		}
	}
	if text, ok := in.Metadata[keyDataCenter]; ok {
		var c carriedCenter
		if json.Unmarshal([]byte(text), &c) == nil && c.agrees(in) {
			in.DataCenter.Kind, in.DataCenter.Name, in.DataCenter.Addresses = c.Kind, c.Name, c.Addresses
			delete(in.Metadata, keyDataCenter)
		}
	}
}

// agrees reports whether these are ports that would be shown as what was said, and
// couldn't be said by that.
func agrees(ports []model.Port, said *Info) bool {
	plain, secure := portsOf(ports, nil)
	return !plainPorts(ports) && agree(plain, said.Port) && agree(secure, said.SecurePort) &&
		acceptable(model.Instance{Ports: ports})
}

func agree(shown, said Port) bool {
	return shown.Enabled == said.Enabled && (!shown.Enabled || shown == said)
}

func (c *carriedCenter) agrees(in *model.Instance) bool {
	d := model.DataCenter{Kind: c.Kind, Name: c.Name, Addresses: c.Addresses, AWS: in.DataCenter.AWS}
	return !plainCenter(&d) && (c.Kind == model.DataCenterAWS) == (in.DataCenter.AWS != nil) &&
		dataCenterOf(&d).Name == in.DataCenter.Name && acceptable(model.Instance{DataCenter: d})
}

// acceptable reports whether a registry would take what is said of an instance.
func acceptable(in model.Instance) bool {
	in.App, in.ID = "A", "1"
	return in.Validate(model.DefaultLimits()) == nil
}
