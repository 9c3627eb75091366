package dialect

import "heureka/model"

// Shown is what an instance is shown with that isn't its own: what the server knows
// of it. Times are Unix milliseconds, 0 where there is none.
type Shown struct {
	RegisteredMs int64
	RenewedMs    int64
	EvictedMs    int64
	ServedMs     int64 // since when it is UP
	UpdatedMs    int64
	Action       Action
}

// ShownAt returns what follows from the version under which a view shows an
// instance, so that all nodes show it with the same bytes. The times are those of the
// client's newest word and of the operator's: renewals aren't known to all nodes.
func ShownAt(in *model.Instance, v model.Version) Shown {
	said := v.Time.Micros() / 1000
	s := Shown{RegisteredMs: said, RenewedMs: said, UpdatedMs: updatedMs(v), Action: Added}
	if in.Status == model.StatusUp {
		s.ServedMs = s.UpdatedMs
	}
	if v.Override > v.Time {
		s.Action = Modified
	}
	return s
}

// updatedMs returns the time of the newest word in a version.
func updatedMs(v model.Version) int64 { return max(v.Time.Micros(), v.Override.Micros()) / 1000 }

// LastDirtyMs returns the client's time that an instance is shown with: the server's,
// if the client never said one.
func LastDirtyMs(in *model.Instance, s Shown) int64 {
	if in.LastChangedMs != 0 {
		return in.LastChangedMs
	}
	return s.UpdatedMs
}

// LastDirtyAt returns the same of an instance with that LastChangedMs which is shown
// under the version. It is what a heartbeat's is compared with.
func LastDirtyAt(lastChangedMs int64, v model.Version) int64 {
	if lastChangedMs != 0 {
		return lastChangedMs
	}
	return updatedMs(v)
}
