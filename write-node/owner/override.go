package owner

import "heureka/model"

// Override puts an operator's status over that of an instance, whoever owns it,
// and returns the version of that word. It stays until ClearOverride, until the
// client unregisters, or until the instance has been gone for as long as removals
// are remembered. ErrNotFound if there is no such instance.
func (o *Owner) Override(key model.Key, status model.Status, now model.Moment) (model.Version, error) {
	if o.Wakes(now) {
		return model.Version{}, ErrWaking
	}
	instance, err := o.living(key)
	if err != nil {
		return model.Version{}, err
	}
	if cur := o.replica.Map().Override(key); cur.Live() && cur.Status == status {
		return cur.Version, nil
	}
	e := o.replica.Override(now, instance.Key, status) // whose memory is its own
	if e == nil {
		return model.Version{}, ErrClock
	}
	o.counts.Overridden++
	return e.Version, nil
}

// ClearOverride ends the override of an instance's status; it is no error that
// there is none. ErrNotFound if there is no such instance.
func (o *Owner) ClearOverride(key model.Key, now model.Moment) error {
	if o.Wakes(now) {
		return ErrWaking
	}
	if _, err := o.living(key); err != nil {
		return err
	}
	if cur := o.replica.Map().Override(key); cur.Live() {
		o.replica.Override(now, cur.Key, "") // a new word, which ends what was said elsewhere before
	}
	if o.replica.Map().Override(key).Live() {
		return ErrClock
	}
	return nil
}

// endOverride ends the override of a key that this node knows of, if there is one,
// with its instance. What was said later elsewhere is meant for who came after.
func (o *Owner) endOverride(key model.Key, now model.Moment) {
	if override := o.replica.Map().Override(key); override.Live() {
		o.replica.EndOverride(now, override)
	}
}
