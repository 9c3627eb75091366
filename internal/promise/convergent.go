package promise

import "heureka/model"

// View is what one subscriber, or one node, shows at rest.
type View struct {
	Name    string
	Matches Matcher // which registrations belong in it; nil for all
	Holds   map[model.Key]*model.Instance
}

// Converge judges Convergent: every view holds exactly what clients hold
// registered and it is interested in, with the same content. It makes sense only
// when input has stopped and the network is whole; the caller waits for that.
// Instances on both sides are canonical. Views that equal the registrations
// equal each other.
func Converge(report *Report, registered map[model.Key]*model.Instance, views ...View) {
	for _, v := range views {
		v.converge(report, registered)
	}
}

func (v View) converge(report *Report, registered map[model.Key]*model.Instance) {
	for key, want := range registered {
		got, shown := v.Holds[key]
		wanted := v.Matches == nil || v.Matches(want)
		switch {
		case wanted && !shown:
			report.fail(Convergent, v.Name, key, "registered and not shown")
		case wanted && !got.Equal(want):
			report.fail(Convergent, v.Name, key, "shown as hash %016x, registered as %016x", got.Hash(), want.Hash())
		case !wanted && shown:
			report.fail(Convergent, v.Name, key, "shown, and registered outside the interest")
		}
	}
	for key := range v.Holds {
		if _, ok := registered[key]; !ok {
			report.fail(Convergent, v.Name, key, "shown and not registered")
		}
	}
}
