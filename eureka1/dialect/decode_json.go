package dialect

import "heureka/model"

// instance reads an instance without a wrapper around it. Fields that Eureka doesn't
// have are passed over.
func (r *jsonReader) instance() Info {
	i := newInfo()
	r.object(func(name []byte) {
		if text := i.textField(name); text != nil {
			*text = r.text()
			return
		}
		r.instanceField(&i, name)
	})
	return i
}

// textField returns the field of that name if it is a plain text.
func (i *Info) textField(name []byte) *string {
	switch string(name) {
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

func (r *jsonReader) instanceField(i *Info, name []byte) {
	switch string(name) {
	case "status":
		r.status(&i.Status)
	case "overriddenStatus", "overriddenstatus":
		r.status(&i.Overridden)
	case "port":
		r.port(&i.Port)
	case "securePort":
		r.port(&i.SecurePort)
	case "countryId":
		setNumber(&i.CountryID)(small(r.readable()))
	case "dataCenterInfo":
		i.DataCenter = r.dataCenter()
	case "leaseInfo":
		i.Lease = r.lease()
	case "metadata":
		i.Metadata = r.table()
	case "isCoordinatingDiscoveryServer":
		i.Coordinating, _ = r.flag()
	case "lastUpdatedTimestamp":
		setNumber(&i.LastUpdatedMs)(r.readable())
	case "lastDirtyTimestamp":
		setNumber(&i.LastDirtyMs)(r.readable())
	case "actionType":
		text, _ := r.scalar()
		i.Action = parseAction(text)
	default:
		r.skip()
	}
}

// setNumber returns a function that keeps the number that is there.
func setNumber[N int32 | int64](field *N) func(N, bool) {
	return func(n N, ok bool) {
		if ok {
			*field = n
		}
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
		setNumber(&p.Number)(r.small())
		return
	}
	r.object(func(name []byte) {
		switch string(name) {
		case "$":
			setNumber(&p.Number)(r.small())
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
	d.Given = r.object(func(name []byte) {
		switch string(name) {
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
	r.object(func(name []byte) {
		if secs := l.seconds(name); secs != nil {
			setNumber(secs)(small(r.readable()))
		} else if ms := l.moment(name); ms != nil {
			setNumber(ms)(r.readable())
		} else {
			r.skip()
		}
	})
	return l
}

// seconds returns the field of that name if it is a number of seconds.
func (l *Lease) seconds(name []byte) *int32 {
	switch string(name) {
	case "renewalIntervalInSecs":
		return &l.RenewalSecs
	case "durationInSecs":
		return &l.DurationSecs
	default:
		return nil
	}
}

// moment returns the field of that name if it is a moment.
func (l *Lease) moment(name []byte) *int64 {
	switch string(name) {
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

// table reads an object of scalars. The class that Java writes into an empty one is
// no entry of it, and neither is a null.
func (r *jsonReader) table() (table []Pair) {
	r.object(func(name []byte) {
		if string(name) == classKey {
			r.skip()
			return
		}
		key := string(name)
		if value, ok := r.scalar(); ok {
			table = append(table, Pair{key, string(value)})
		}
		if len(table) > maxPairs {
			r.fail("a table has more than %d entries", maxPairs)
		}
	})
	return table
}
