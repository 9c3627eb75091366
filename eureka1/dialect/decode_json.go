package dialect

import "heureka/model"

// instance reads an instance without a wrapper around it. Fields that Eureka doesn't
// have are passed over.
func (r *jsonReader) instance(i *Info) {
	*i = newInfo()
	r.object(func(name string) {
		if text := i.textField(name); text != nil {
			*text = r.text()
			return
		}
		r.instanceField(i, name)
	})
}

// textField returns the field of that name if it is a plain text.
func (i *Info) textField(name string) *string {
	switch name {
	case "instanceId":
		return &i.InstanceID
	case "hostName":
		return &i.HostName
	case "app":
		return &i.App
	case "ipAddr":
		return &i.IPAddr
	case "sid":
		return &i.SID
	case "appGroupName":
		return &i.AppGroup
	case "homePageUrl":
		return &i.HomePageURL
	case "statusPageUrl":
		return &i.StatusPageURL
	case "healthCheckUrl":
		return &i.HealthCheckURL
	case "secureHealthCheckUrl":
		return &i.SecureHealthCheckURL
	case "vipAddress":
		return &i.VIP
	case "secureVipAddress":
		return &i.SecureVIP
	case "asgName":
		return &i.ASG
	default:
		return nil
	}
}

func (r *jsonReader) instanceField(i *Info, name string) {
	switch name {
	case "status":
		r.status(&i.Status)
	case "overriddenStatus", "overriddenstatus":
		r.status(&i.Overridden)
	case "port":
		r.port(&i.Port)
	case "securePort":
		r.port(&i.SecurePort)
	case "countryId":
		said(small(r.readable())).into(&i.CountryID)
	case "dataCenterInfo":
		i.DataCenter = r.dataCenter()
	case "leaseInfo":
		i.Lease = r.lease()
	case "metadata":
		i.Metadata = r.table()
	case "isCoordinatingDiscoveryServer":
		i.Coordinating, _ = r.flag()
	case "lastUpdatedTimestamp":
		said(r.readable()).into(&i.LastUpdatedMs)
	case "lastDirtyTimestamp":
		said(r.readable()).into(&i.LastDirtyMs)
	case "actionType":
		text, _ := r.scalar()
		i.Action = parseAction(text)
	default:
		r.skip()
	}
}

// number is one that may have been said.
type number[N int32 | int64] struct {
	value N
	ok    bool
}

func said[N int32 | int64](value N, ok bool) number[N] { return number[N]{value, ok} }

// into keeps the number if it is there.
func (n number[N]) into(field *N) {
	if n.ok {
		*field = n.value
	}
}

// small returns a number that was read, if it has 32 bits.
func small(n int64, ok bool) (int32, bool) { return int32(n), ok && n == int64(int32(n)) }

func (r *jsonReader) status(field *model.Status) {
	if text, ok := r.scalar(); ok {
		*field = statusOf(text)
	}
}

// port reads a port as Eureka writes it, or as a bare number.
func (r *jsonReader) port(p *Port) {
	if r.next() != '{' {
		said(r.small()).into(&p.Number)
		return
	}
	r.object(func(name string) {
		switch name {
		case "$":
			said(r.small()).into(&p.Number)
		case "@enabled":
			if set, ok := r.flag(); ok {
				p.Enabled = set
			}
		default:
			r.skip()
		}
	})
}

func (r *jsonReader) dataCenter() (d DataCenter) {
	d.Given = r.object(func(name string) {
		switch name {
		case "name":
			d.Name = r.text()
		case "metadata":
			d.Metadata = r.table()
		default:
			r.skip() // the class among them, which the name tells
		}
	})
	return d
}

func (r *jsonReader) lease() (l Lease) {
	r.object(func(name string) {
		if secs := l.seconds(name); secs != nil {
			said(small(r.readable())).into(secs)
		} else if ms := l.moment(name); ms != nil {
			said(r.readable()).into(ms)
		} else {
			r.skip()
		}
	})
	return l
}

// seconds returns the field of that name if it is a number of seconds.
func (l *Lease) seconds(name string) *int32 {
	switch name {
	case "renewalIntervalInSecs":
		return &l.RenewalSecs
	case "durationInSecs":
		return &l.DurationSecs
	default:
		return nil
	}
}

// moment returns the field of that name if it is a moment.
func (l *Lease) moment(name string) *int64 {
	switch name {
	case "registrationTimestamp":
		return &l.RegisteredMs
	case "lastRenewalTimestamp", "renewalTimestamp":
		return &l.RenewedMs
	case "evictionTimestamp":
		return &l.EvictedMs
	case "serviceUpTimestamp":
		return &l.ServedMs
	default:
		return nil
	}
}

// usualPairs is how many entries most tables have at most.
const usualPairs = 8

// room returns room for a table.
func (r *jsonReader) room() []Pair {
	room := r.pairs
	r.pairs = nil
	if room == nil {
		room = make([]Pair, 0, usualPairs)
	}
	return room
}

// table reads an object of scalars. The class that Java writes into an empty one is
// no entry of it, and neither is a null.
func (r *jsonReader) table() (table []Pair) {
	r.object(func(name string) {
		if name == classKey {
			r.skip()
			return
		}
		if value, ok := r.scalar(); ok {
			if table == nil {
				table = r.room()
			}
			table = append(table, Pair{name, value})
		}
		if len(table) > maxPairs {
			r.fail("a table has more than %d entries", maxPairs)
		}
	})
	return table
}
