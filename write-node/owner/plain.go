package owner

import (
	"heureka/model"
	"heureka/write-node/lease"
)

// PutPlain registers an instance without a connection, as plain HTTP does: it
// moves to this node, and away from the connection that holds it, since the last
// word wins. Somebody has to renew it. Returns the version that it has now. As all that
// is said without a connection, it is ErrWaking if it may have waited for long.
func (o *Owner) PutPlain(inst *model.Instance, now model.Moment) (model.Version, error) {
	if o.Wakes(now) {
		return model.Version{}, ErrWaking
	}
	if err := o.check(inst, model.Version{}, now); err != nil {
		return model.Version{}, err
	}
	return o.take(inst, model.Version{}, nil, now)
}

// RenewPlain renews an instance; ErrNotFound if there is none, or ErrBehind if
// that may be for want of hearing of it: its client had better ask elsewhere than
// put it again. If another node owns it, that node will be told, and ErrForwards
// says that too many renewals wait for that already.
func (o *Owner) RenewPlain(key model.Key, now model.Moment) error {
	if o.Wakes(now) {
		return ErrWaking
	}
	if o.renew(now, key) {
		return nil
	}
	cur, err := o.living(key)
	switch {
	case err != nil && o.replica.Behind(now.Mono):
		return ErrBehind
	case err != nil || o.ours(cur): // ours without a registration: about to be ended again
		return ErrNotFound
	case !o.forward(now, cur):
		return ErrForwards
	}
	return nil
}

// renew renews a registration of this node, for a client without a connection.
// One that a living connection holds needs no renewal. One that was taken over, or
// whose connection is gone, is from now on kept by plain renewals. It reports
// false if there is none.
func (o *Owner) renew(now model.Moment, key model.Key) bool {
	r, cur := o.registrations[key], o.replica.Map().Get(key)
	if r == nil || !o.ours(cur) {
		return false
	}
	switch {
	case r.Class() == lease.Adopted:
		o.bind(now, cur, nil, lease.Own).copy = true
	case r.conn == nil:
		o.leases.Renew(now.Mono, &r.Lease)
	case !r.conn.open || !r.Alive(now.Mono):
		o.bind(now, cur, nil, lease.Own)
	}
	return true
}

// DeletePlain removes an instance, whoever owns it; ErrNotFound if there is none.
// A client that lives will be asked to say it again, and so comes back.
func (o *Owner) DeletePlain(key model.Key, now model.Moment) error {
	if o.Wakes(now) {
		return ErrWaking
	}
	cur, err := o.living(key)
	if err != nil {
		return err
	}
	if r := o.registrations[key]; r != nil {
		o.drop(now, r)
	}
	o.counts.Unregistered++
	o.end(now, cur.Key, cur.Version.Time, nil) // whose memory is its own
	o.endOverride(key, now)
	return nil
}
