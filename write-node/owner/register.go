package owner

import (
	"heureka/model"
	"heureka/write-node/lease"
)

// Register takes a client's whole word about an instance and returns the version
// to acknowledge. Acked is the version that the client was last acknowledged for
// it, by any node. The instance belongs to the owner from now on; it is brought
// into its canonical form.
//
// What says nothing new to the node that heard it before draws nothing: the
// registration only goes over to this connection.
func (o *Owner) Register(id ConnID, inst *model.Instance, acked model.Version, now model.Moment) (model.Version, error) {
	c, err := o.hear(id, now)
	if err != nil {
		return model.Version{}, err
	}
	if err := o.check(inst, acked, now); err != nil {
		return model.Version{}, err
	}
	r := o.registrations[inst.Key()]
	if r != nil && r.conn.outranks(c) || o.outranked(inst.Key(), c) {
		return model.Version{}, ErrSuperseded
	}
	if (r == nil || r.conn != c) && c.full(inst.Key(), o.cfg.Registrations) {
		return model.Version{}, ErrTooManyRegistrations
	}
	return o.take(inst, acked, c, now)
}

// Update changes some fields of an instance that this connection registered and
// returns the version to acknowledge.
func (o *Owner) Update(id ConnID, patch model.Patch, now model.Moment) (model.Version, error) {
	c, err := o.hear(id, now)
	if err != nil {
		return model.Version{}, err
	}
	r := o.registrations[patch.Key]
	if r == nil || r.conn != c {
		return model.Version{}, o.refusal(c, r)
	}
	cur := o.replica.Map().Get(patch.Key)
	if !o.ours(cur) {
		return model.Version{}, ErrNotRegistered
	}
	inst, err := patch.Apply(cur.Instance.Unpack())
	if err != nil {
		return model.Version{}, err
	}
	if err := o.check(inst, model.Version{}, now); err != nil {
		return model.Version{}, err
	}
	hash := inst.Hash()
	if hash == cur.Hash {
		o.counts.Unchanged++
		return cur.Version, nil
	}
	e := o.say(now, cur.Key, model.Pack(inst), hash, 0, c)
	if e == nil {
		return model.Version{}, ErrClock
	}
	o.counts.Updated++
	o.bind(now, e, c, lease.Own)
	return e.Version, nil
}

// Unregister ends a registration of this connection at once, and returns the
// version of what ended it. It is no error that the instance is gone already. A
// registration that the connection has lost is ended too, if it is still the same
// word of its client that another node has. So is one that it never had, if its
// client carries the version acknowledged for it: that ends the word, also where
// it hasn't been heard of, and no later one.
func (o *Owner) Unregister(id ConnID, key model.Key, acked model.Version, now model.Moment) (model.Version, error) {
	c, err := o.hear(id, now)
	if err != nil {
		return model.Version{}, err
	}
	r, cur := o.registrations[key], o.replica.Map().Get(key)
	word, yields, err := o.ends(c, key, acked, now)
	if err != nil {
		return model.Version{}, err
	}
	later := cur.Live() && cur.Version.Time > word || !yields
	if r != nil && (r.conn == c || !later) {
		o.drop(now, r)
	}
	delete(c.lost, key)
	if later {
		return model.Version{}, ErrSuperseded
	}
	// Even what is evicted already is ended: elsewhere, copies may live on.
	if e := o.end(now, key, word, c); e != nil {
		o.counts.Unregistered++
		o.endOverride(key, now)
		return e.Version, nil
	}
	return cur.Version, nil // it has ended already, with this word or a later one
}

// ends returns which word a connection ends by an unregister, and whether the
// registration that this node has yields to that: nobody else speaks for it.
func (o *Owner) ends(c *connection, key model.Key, acked model.Version, now model.Moment) (word model.Time, yields bool, err error) {
	r, cur := o.registrations[key], o.replica.Map().Get(key)
	if r != nil && r.conn == c {
		return r.word(), true, nil
	}
	own := r != nil && r.Class() == lease.Own
	if word, lost := c.lost[key]; lost {
		return word, !own, nil
	}
	if acked.IsZero() {
		return 0, false, o.refusal(c, r)
	}
	// What ends here need never have been registered, and is to be replicated and
	// stored all the same.
	if err := key.Validate(o.cfg.Limits); err != nil {
		return 0, false, err
	}
	switch {
	case r != nil && r.conn.outranks(c) || o.outranked(key, c):
		return 0, false, ErrSuperseded
	case o.replica.TooFarAhead(now, acked.Time):
		return 0, false, ErrVersionAhead
	}
	word = acked.Time
	if cur.Live() && c.spokeBefore(cur.Speaker) {
		word = max(word, cur.Version.Time) // an earlier connection's, said once more
	}
	return word, !own || r.yields(c, word), nil
}

// check reports why a word can't be accepted, whatever else there is.
func (o *Owner) check(inst *model.Instance, acked model.Version, now model.Moment) error {
	if err := inst.Canonical().Validate(o.cfg.Limits); err != nil {
		return err
	}
	if !acked.IsZero() && o.replica.TooFarAhead(now, acked.Time) {
		return ErrVersionAhead
	}
	return nil
}

// take makes a valid word a registration of the connection, or of plain HTTP.
func (o *Owner) take(inst *model.Instance, acked model.Version, c *connection, now model.Moment) (model.Version, error) {
	key, hash := inst.Key(), inst.Hash()
	cur, r := o.replica.Map().Get(key), o.registrations[key]
	if r != nil && !r.copy && o.ours(cur) && cur.Hash == hash && acked.Time <= cur.Version.Time {
		o.counts.Unchanged++
	} else if cur = o.say(now, key.Clone(), model.Pack(inst), hash, acked.Time, c); cur != nil {
		o.counts.Registered++
	} else {
		return model.Version{}, ErrClock
	}
	o.bindFor(now, cur, inst.Lease, c, lease.Own)
	return cur.Version, nil
}

// yields reports whether a registration may go when its client ends that word
// through a connection that doesn't hold it: it is an older one, or nobody else
// speaks for it.
func (r *registration) yields(c *connection, word model.Time) bool {
	return r.word() < word || r.conn != nil && (!r.conn.open || r.conn.sameProcess(c))
}

// refusal tells a connection why it may not touch a registration that isn't its
// own, which may be nil.
func (o *Owner) refusal(c *connection, r *registration) error {
	if r != nil && r.conn.outranks(c) {
		return ErrSuperseded
	}
	return ErrNotRegistered
}
