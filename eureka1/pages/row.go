package pages

import (
	"cmp"

	"heureka/model"
)

// Action is what Eureka calls the last thing that happened to an instance.
type Action string

// The actions. A client adds or replaces the instance for the first two alike.
const (
	Added    Action = "ADDED"    // registered, or said anew by its client
	Modified Action = "MODIFIED" // its override was set, changed or lifted since
	Deleted  Action = "DELETED"  // gone; only in a delta
)

// Row is one instance as a document shows it. It is immutable.
type Row struct {
	// Instance is what the view shows, or for Deleted the last that it showed.
	Instance *model.Instance
	Version  model.Version // of the change that it came with
	Action   Action

	weight int
}

func newRow(instance *model.Instance, version model.Version, action Action) *Row {
	return &Row{Instance: instance, Version: version, Action: action, weight: weigh(instance)}
}

// actionOf returns what happened last to an instance that is shown under a version,
// so that all nodes show it with the same bytes.
func actionOf(v model.Version) Action {
	if v.Override > v.Time {
		return Modified
	}
	return Added
}

// compare orders the rows of a document: by application, and in it what is there
// before what is gone. A client that doesn't know the application yet takes over the
// whole of it with the first row that is there, rows of the gone included, and only
// rows that come later take those out again.
func (r *Row) compare(other *Row) int {
	if r == other {
		return 0
	}
	if c := cmp.Compare(r.Instance.App, other.Instance.App); c != 0 {
		return c
	}
	if gone := r.Action == Deleted; gone != (other.Action == Deleted) {
		if gone {
			return 1
		}
		return -1
	}
	return cmp.Compare(r.Instance.ID, other.Instance.ID)
}

// frame is about how many bytes an instance takes as full JSON beside its own texts.
const frame = 720

// weigh returns about how many bytes an instance takes as full JSON.
func weigh(in *model.Instance) int {
	sum := frame + len(in.ID) + len(in.HostName) + len(in.App) + len(in.Address) + len(in.AppGroup) + len(in.ASG) +
		len(in.VIP) + len(in.SecureVIP) + len(in.Status) +
		len(in.HomePageURL) + len(in.StatusPageURL) + len(in.HealthCheckURL) + len(in.SecureHealthCheckURL)
	for key, value := range in.Metadata {
		sum += len(key) + len(value) + len(`"":"",`)
	}
	if aws := in.DataCenter.AWS; aws != nil {
		sum += 10 * len(`"availability-zone":"eu-central-1a",`)
		for key, value := range aws.Other {
			sum += len(key) + len(value) + len(`"":"",`)
		}
	}
	return sum
}
