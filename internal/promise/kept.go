package promise

import (
	"time"

	"heureka/model"
)

// Keeper judges Kept for one observer: while a client lives and was
// acknowledged, its registration is shown, and if it ever disappears it is back
// in time. Times are measured from any fixed start and never go back.
type Keeper struct {
	where  string
	limits KeptLimits
	report *Report
	living map[model.Key]bool          // acknowledged, and its client neither died nor unregistered
	shown  map[model.Key]bool          // by this observer
	since  map[model.Key]time.Duration // living, not shown, since when
	back   map[model.Key]bool          // was shown before, so that Return counts and not Appear
}

// KeptLimits are the times that Kept allows.
type KeptLimits struct {
	Appear time.Duration // from the acknowledgement until it is shown
	// Return is how long a living registration may be missing again. Zero: it
	// may never go, which is what a client sees of a node's death while the
	// entries of the dead node stay visible.
	Return time.Duration
}

// NewKeeper returns the judge of one observer that is shown every registration
// of which the keeper will be told.
func NewKeeper(where string, limits KeptLimits, report *Report) *Keeper {
	return &Keeper{
		where:  where,
		limits: limits,
		report: report,
		living: make(map[model.Key]bool),
		shown:  make(map[model.Key]bool),
		since:  make(map[model.Key]time.Duration),
		back:   make(map[model.Key]bool),
	}
}

// Acknowledged notes that a node acknowledged the registration.
func (k *Keeper) Acknowledged(key model.Key, now time.Duration) {
	if k.living[key] {
		return
	}
	k.living[key] = true
	if !k.shown[key] {
		k.since[key] = now
	}
}

// Ended notes that the client begins to unregister, or that it died: from here
// on the registration may go.
func (k *Keeper) Ended(key model.Key) {
	delete(k.living, key)
	delete(k.since, key)
	delete(k.back, key)
}

// Shown notes that the observer is shown the instance.
func (k *Keeper) Shown(key model.Key, now time.Duration) {
	k.shown[key] = true
	if since, missing := k.since[key]; missing {
		k.judge(key, now-since)
		delete(k.since, key)
	}
}

// Gone notes that the observer is told that the instance is removed.
func (k *Keeper) Gone(key model.Key, now time.Duration) {
	delete(k.shown, key)
	if !k.living[key] {
		return
	}
	k.since[key] = now
	k.back[key] = true
	if k.limits.Return == 0 {
		k.report.fail(Kept, k.where, key, "removed while its client lives")
	}
}

// End judges what is still missing when the observation ends.
func (k *Keeper) End(now time.Duration) {
	for key, since := range k.since {
		k.judge(key, now-since)
	}
}

func (k *Keeper) judge(key model.Key, missing time.Duration) {
	switch {
	case !k.back[key] && missing > k.limits.Appear:
		k.report.fail(Kept, k.where, key, "acknowledged and not shown for %v, %v are allowed", missing, k.limits.Appear)
	case k.back[key] && k.limits.Return > 0 && missing > k.limits.Return:
		k.report.fail(Kept, k.where, key, "missing for %v while its client lives, %v are allowed", missing, k.limits.Return)
	}
}
