package promise

import (
	"errors"
	"fmt"

	"heureka/model"
)

// Failure is one observation that breaks a promise. It is an error.
type Failure struct {
	Promise Name
	Where   string    // which session, view or node, for people
	Key     model.Key // zero where the failure isn't about one instance
	Detail  string
}

func (f Failure) Error() string {
	if f.Key == (model.Key{}) {
		return fmt.Sprintf("%s broken at %s: %s", f.Promise, f.Where, f.Detail)
	}
	return fmt.Sprintf("%s broken at %s by %s: %s", f.Promise, f.Where, f.Key, f.Detail)
}

// MaxFailures is how many failures a Report keeps; further ones it only counts,
// so that a system that breaks everything doesn't fill the memory of its test.
const MaxFailures = 100

// Report collects failures. The zero Report is empty and ready to use.
type Report struct {
	failures []Failure
	more     int
}

func (r *Report) add(f Failure) {
	if len(r.failures) < MaxFailures {
		r.failures = append(r.failures, f)
	} else {
		r.more++
	}
}

func (r *Report) fail(promise Name, where string, key model.Key, format string, args ...any) {
	r.add(Failure{promise, where, key, fmt.Sprintf(format, args...)})
}

// Failures returns what was found, oldest first, the first MaxFailures of it.
func (r *Report) Failures() []Failure { return r.failures }

// Count returns how many failures were found, those not kept included.
func (r *Report) Count() int { return len(r.failures) + r.more }

// Join adds what the other report found.
func (r *Report) Join(other *Report) {
	for _, f := range other.failures {
		r.add(f)
	}
	r.more += other.more
}

// Err returns nil when every promise was kept, and otherwise an error that
// lists the failures one a line.
func (r *Report) Err() error {
	if r.Count() == 0 {
		return nil
	}
	errs := make([]error, 0, len(r.failures)+1)
	for _, f := range r.failures {
		errs = append(errs, f)
	}
	if r.more > 0 {
		errs = append(errs, fmt.Errorf("and %d more", r.more))
	}
	return errors.Join(errs...)
}
