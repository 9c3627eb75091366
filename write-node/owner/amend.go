package owner

import (
	"heureka/model"
	"heureka/write-node/lease"
)

// Amend changes what the client of an instance last said, whoever owns it, and
// returns the version that it has now; ErrNotFound if there is none. The client's
// next whole word replaces that. A living connection that holds the instance here
// goes on to; otherwise it moves to this node, and somebody has to renew it.
func (o *Owner) Amend(key model.Key, change func(*model.Instance), now model.Moment) (model.Version, error) {
	if o.Wakes(now) {
		return model.Version{}, ErrWaking
	}
	cur, err := o.living(key)
	if err != nil {
		return model.Version{}, err
	}
	inst := cur.Instance.Unpack()
	change(inst)
	if err := o.check(inst, model.Version{}, now); err != nil {
		return model.Version{}, err
	}
	hash := inst.Hash()
	if hash == cur.Hash {
		o.counts.Unchanged++
		return cur.Version, nil
	}
	var conn *connection
	if r := o.registrations[key]; r != nil && o.ours(cur) && r.conn != nil && r.conn.open && r.Alive(now.Mono) {
		conn = r.conn
	}
	e := o.say(now, cur.Key, model.Pack(inst), hash, 0, conn)
	if e == nil {
		return model.Version{}, ErrClock
	}
	o.counts.Updated++
	o.bind(now, e, conn, lease.Own)
	return e.Version, nil
}
