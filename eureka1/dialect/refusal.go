package dialect

import (
	"errors"
	"fmt"

	"heureka/model"
)

// ErrUnparseable is that a body can't be read. Its text is what the answer says of
// it, see AppendError; errors that wrap it say more, for logs.
var ErrUnparseable = errors.New("cannot parse request body")

// Refusal is a registration that can be read and lacks something. Its text is the
// body of the answer, as plain text with status 400.
type Refusal struct {
	Field string // Eureka's name of it
	Text  string
}

func (r *Refusal) Error() string { return r.Text }

// echoed is how much of a client's text an answer repeats.
const echoed = 200

// Check reports the first thing that keeps an info from being registered under the
// application of the path: a *Refusal, in the order of the reference's checks, or an
// error that wraps ErrUnparseable for a data centre that there isn't.
func (i *Info) Check(app string) error {
	app, said := model.FoldApp(app), model.FoldApp(i.App)
	switch {
	case i.EffectiveID() == "":
		return &Refusal{"instanceId", "Missing instanceId"}
	case i.HostName == "":
		return &Refusal{"hostName", "Missing hostname"}
	case i.IPAddr == "":
		return &Refusal{"ipAddr", "Missing ip address"}
	case said == "":
		return &Refusal{"app", "Missing appName"}
	case app != said:
		return &Refusal{"app", fmt.Sprintf("Mismatched appName, expecting %.*s but was %.*s", echoed, app, echoed, said)}
	case !i.DataCenter.Given:
		return &Refusal{"dataCenterInfo", "Missing dataCenterInfo"}
	case i.DataCenter.Name == "":
		return &Refusal{"dataCenterInfo", "Missing dataCenterInfo Name"}
	}
	switch i.DataCenter.Name {
	case MyOwn, Netflix, Amazon:
		return nil
	default:
		return fmt.Errorf("%w: there is no data centre %.80q", ErrUnparseable, i.DataCenter.Name)
	}
}
