package dialect

import (
	"encoding/xml"
	"strings"
)

// instance reads the inside of an instance. Elements that Eureka doesn't have are
// passed over.
func (x *xmlReader) instance() Info {
	i := newInfo()
	x.children(func(start xml.StartElement) {
		if text := i.textField(start.Name.Local); text != nil {
			*text = x.text()
			return
		}
		x.instanceField(&i, start)
	})
	return i
}

func (x *xmlReader) instanceField(i *Info, start xml.StartElement) {
	switch start.Name.Local {
	case "status":
		i.Status = statusOf(x.trimmed())
	case "overriddenstatus", "overriddenStatus":
		i.Overridden = statusOf(x.trimmed())
	case "port":
		x.port(&i.Port, start)
	case "securePort":
		x.port(&i.SecurePort, start)
	case "countryId":
		said(small(x.readable())).into(&i.CountryID)
	case "dataCenterInfo":
		i.DataCenter = x.dataCenter()
	case "leaseInfo":
		i.Lease = x.lease()
	case "metadata":
		i.Metadata = x.table()
	case "isCoordinatingDiscoveryServer":
		i.Coordinating = parseFlag(x.trimmed())
	case "lastUpdatedTimestamp":
		said(x.readable()).into(&i.LastUpdatedMs)
	case "lastDirtyTimestamp":
		said(x.readable()).into(&i.LastDirtyMs)
	case "actionType":
		i.Action = parseAction(x.trimmed())
	default:
		x.skip()
	}
}

func (x *xmlReader) port(p *Port, start xml.StartElement) {
	for _, a := range start.Attr {
		if a.Name.Local == "enabled" {
			p.Enabled = parseFlag(a.Value)
		}
	}
	said(x.small()).into(&p.Number)
}

func (x *xmlReader) dataCenter() DataCenter {
	d := DataCenter{Given: true}
	x.children(func(start xml.StartElement) {
		switch start.Name.Local {
		case "name":
			d.Name = x.trimmed()
		case "metadata":
			d.Metadata = x.table()
		default:
			x.skip()
		}
	})
	if strings.EqualFold(d.Name, Amazon) {
		d.Name = Amazon
	}
	return d
}

func (x *xmlReader) lease() (l Lease) {
	x.children(func(start xml.StartElement) {
		name := start.Name.Local
		if secs := l.seconds(name); secs != nil {
			said(small(x.readable())).into(secs)
		} else if ms := l.moment(name); ms != nil {
			said(x.readable()).into(ms)
		} else {
			x.skip()
		}
	})
	return l
}

// table reads an element for each entry.
func (x *xmlReader) table() (table []Pair) {
	x.children(func(start xml.StartElement) {
		key := keyOf(fullName(start.Name))
		if key == classKey {
			x.skip()
			return
		}
		if table = append(table, Pair{key, x.text()}); len(table) > maxPairs {
			x.fail("a table has more than %d entries", maxPairs)
		}
	})
	return table
}

func (x *xmlReader) applications(left *int) *Applications {
	a, most := new(Applications), *left
	x.children(func(start xml.StartElement) {
		switch start.Name.Local {
		case "versions__delta":
			said(x.number()).into(&a.Version)
		case "apps__hashcode":
			a.Hash = x.trimmed()
		case "application":
			if len(a.List) == most {
				x.fail("there are too many applications")
				return
			}
			a.List = append(a.List, x.application(left))
		default:
			x.skip()
		}
	})
	return a
}

func (x *xmlReader) application(left *int) (a Application) {
	x.children(func(start xml.StartElement) {
		switch start.Name.Local {
		case "name":
			a.Name = x.text()
		case "instance":
			if *left--; *left < 0 {
				x.fail("there are too many instances")
				return
			}
			a.Instances = append(a.Instances, x.instance())
		default:
			x.skip()
		}
	})
	return a
}
