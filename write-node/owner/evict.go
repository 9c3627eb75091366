package owner

import (
	"fmt"
	"slices"
	"time"

	"heureka/model"
	"heureka/write-node/lease"
)

// Tick forwards the renewals that are due and evicts what an operator has
// released, and what the quota allows of what has been silent for too long. Call
// it several times a second.
func (o *Owner) Tick(now model.Moment) {
	o.look(now)
	o.ticks, o.ticked = true, now.Mono
	o.sendForwards(now)
	o.audit(now)
	o.doubt(now)
	for _, l := range o.leases.TakeReleased(now.Mono) {
		o.evict(now, o.registrations[l.Key], &o.counts.Released)
	}
	for _, l := range o.leases.Expire(now.Mono) {
		o.evict(now, o.registrations[l.Key], &o.counts.Evicted)
	}
	o.replica.SetUnconfirmed(o.Unconfirmed(now))
}

// audit compares the registrations with the map whenever a digest has shown that
// some map isn't what its vector says: it may be this one's, and then the owner
// alone knows what its clients said.
func (o *Owner) audit(now model.Moment) {
	mismatches := o.replica.Stats().DigestMismatches
	if mismatches == o.mismatches {
		return
	}
	o.mismatches = mismatches
	var wrong []model.Key
	for key, r := range o.registrations {
		if o.replica.Map().Get(key) != r.entry {
			wrong = append(wrong, key)
		}
	}
	slices.SortFunc(wrong, model.Key.Compare)
	for _, key := range wrong {
		o.merged(now, nil, key)
	}
}

// doubt holds evictions back, for a while, when this node has a reason to doubt
// itself. One that is behind evicts nothing that it took over: the owner's return
// may be among what it lacks. One that hears fewer than half of its peers doesn't
// either, nor anything of its own while it hears no client.
func (o *Owner) doubt(now model.Moment) {
	if behind := o.replica.Behind(now.Mono); behind != o.behind {
		o.behind = behind
		o.hold(now, behind, lease.Adopted, lease.Behind, o.cfg.BehindMax)
	}
	if cutOff := o.replica.CutOff(now.Mono); cutOff != o.cutOff {
		o.cutOff = cutOff
		o.hold(now, cutOff, lease.Adopted, lease.CutOff, o.cfg.BehindMax)
		o.hold(now, cutOff, lease.Own, lease.CutOff, o.cfg.Eviction.SilentMax)
	}
}

func (o *Owner) hold(now model.Moment, begins bool, c lease.Class, why lease.Reason, most time.Duration) {
	if begins {
		o.leases.Hold(c, why, now.Mono+most)
	} else {
		o.leases.Resume(c, why)
	}
}

// evict ends the copy that this node holds; a newer word beats that.
func (o *Owner) evict(now model.Moment, r *registration, counts *[lease.Classes]uint64) {
	o.drop(now, r)
	if cur := o.replica.Map().Get(r.Key); o.ours(cur) {
		counts[r.Class()]++
		o.replica.Entomb(now, r.Key, cur.Version, cur.Speaker)
	}
}

// HoldEvictions is an operator's word that nothing of the class is to be evicted
// for so long from now. It is ErrHold if that is longer than Config.HoldMax. Like the
// other orders, it is ErrWaking if it may have waited for long.
func (o *Owner) HoldEvictions(c lease.Class, d time.Duration, now model.Moment) error {
	if o.Wakes(now) {
		return ErrWaking
	}
	if d <= 0 || d > o.cfg.HoldMax {
		return fmt.Errorf("%w: %v", ErrHold, o.cfg.HoldMax)
	}
	o.leases.Hold(c, lease.Operator, now.Mono+d)
	return nil
}

// ResumeEvictions ends an operator's hold of the class, and no other.
func (o *Owner) ResumeEvictions(c lease.Class, now model.Moment) error {
	if o.Wakes(now) {
		return ErrWaking
	}
	o.leases.Resume(c, lease.Operator)
	return nil
}

// ReleaseEvictions lets what is queued of the class now, or of one application of
// it, leave with the next ticks, without quota and whatever holds it. It returns
// how many instances that are. An empty app stands for all.
func (o *Owner) ReleaseEvictions(c lease.Class, app string, now model.Moment) (int, error) {
	if o.Wakes(now) {
		return 0, ErrWaking // what is queued now isn't what the operator saw: all clients fell silent
	}
	if app != "" {
		app = model.FoldApp(app)
	}
	return o.leases.Release(c, app), nil
}
