package eurekatest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
)

// renewals is how many heartbeats of two clients are enough to say that they come.
const renewals = 6

// scenario is two clients of one kind at some nodes of a fleet.
type scenario struct {
	*testing.T
	kind  kind
	fleet *fleet
	watch *subscriber
	nodes []*node // that the clients talk to
	one   *program
	two   *program
	lost  []*node // that the first was seen to be served by, and that will be killed
}

// play takes the clients through all that a client goes through.
func (s *scenario) play(app string) {
	command, err := s.kind.build(s.Context(), s.kind.folder())
	if err != nil {
		s.Fatal(err)
	}
	defer s.clearUp()
	s.one = run(s.T, command, s.kind.env, model.NewKey(app, app+"-1"), s.nodes)
	s.isSeen(s.one)
	s.registered(s.one)
	s.lost = append(s.lost, s.server(s.nodes))
	if s.lost[0].Role == cluster.Read {
		s.lost = append(s.lost, s.server(s.fleet.writes)) // to whom it passes on
	}
	s.two = run(s.T, command, s.kind.env, model.NewKey(app, app+"-2"), s.nodes)
	in := s.isSeen(s.two)
	s.Logf("%s registered: the other client sees it after %v", s.two.key, s.two.since(in, s.one.sees(s.T, s.two.key, "UP")))
	s.registered(s.two)
	s.two.sees(s.T, s.one.key, "UP")
	s.heartbeats()
	s.changesStatus("its own word", s.says, !s.kind.firstWord)
	s.changesStatus("an override", s.override, true)
	afterwards := func() {}
	if s.kind.more != nil {
		afterwards = s.kind.more(s)
	}
	s.losesItsServer()
	s.changesStatus("its own word elsewhere", s.says, !s.kind.firstWord)
	afterwards()
	s.leaves(s.one)
	s.two.sees(s.T, s.one.key, "")
	s.leaves(s.two)
}

// clearUp leaves the fleet whole, and what has failed to the judge as something that
// ends.
func (s *scenario) clearUp() {
	for _, p := range []*program{s.one, s.two} {
		if p != nil {
			s.watch.dies(p.key)
		}
	}
	for _, n := range s.lost {
		if n.ended() {
			n.start(s.T)
		}
	}
	for _, n := range s.lost {
		s.fleet.ready(s.T, n)
	}
}

// registered waits until the client sees itself. From then on it must be seen.
func (s *scenario) registered(p *program) {
	s.Helper()
	if answer := p.answer(s.T); answer != "ready" {
		s.Fatalf("%s says %s", p.key, answer)
	}
	s.watch.lives(p.key)
}

// isSeen waits until the subscriber sees what the client registers, and compares it.
func (s *scenario) isSeen(p *program) *model.Instance {
	s.Helper()
	in, at := s.watch.sees(s.T, p.key, model.StatusUp)
	s.Logf("%s registered: the subscriber sees it after %v", p.key, p.since(in, at))
	port := slices.IndexFunc(in.Ports, func(one model.Port) bool { return !one.Secure && int(one.Number) == p.port })
	if port < 0 || in.Lease != (model.Lease{RenewalMs: renewSeconds * 1000, DurationMs: leaseSeconds * 1000}) {
		s.Errorf("%s has the port %d and its lease; the subscriber sees %+v", p.key, p.port, in)
	}
	return in
}

// since returns how long after the client's word something was: by the clock of the
// client, if it says a time; otherwise it was started then.
func (p *program) since(in *model.Instance, at time.Time) string {
	if in.LastChangedMs == 0 {
		return fmt.Sprint(at.Sub(p.started), " from its start")
	}
	return at.Sub(time.UnixMilli(in.LastChangedMs)).String()
}

// server waits for a heartbeat of the first client and returns which of the nodes got it.
func (s *scenario) server(among []*node) (by *node) {
	s.Helper()
	before := s.requests(among)
	eventually(s.T, "a heartbeat", func() error {
		for i, now := range s.requests(among) {
			if now["heartbeat 200"] > before[i]["heartbeat 200"] {
				by = among[i]
				return nil
			}
		}
		return errors.New("none came")
	})
	return by
}

// heartbeats waits until the clients have stayed for several leases by heartbeats alone.
func (s *scenario) heartbeats() {
	s.Helper()
	before := s.requests(s.nodes)
	s.fleet.outlasts(s.T, s.watch, s.fleet.writes[0], 2*leaseSeconds*time.Second)
	after := s.requests(s.nodes)
	if came := total(after, "heartbeat 200") - total(before, "heartbeat 200"); came < renewals {
		s.Errorf("%d heartbeats came", came)
	}
	for _, unwanted := range []string{"register 204", "heartbeat 404"} {
		if came := total(after, unwanted) - total(before, unwanted); came > 0 {
			s.Errorf("%d times %s while nothing changed", came, unwanted)
		}
	}
}

// requests counts what the nodes have answered.
func (s *scenario) requests(nodes []*node) []map[string]int {
	s.Helper()
	var counts []map[string]int
	for _, n := range nodes {
		counts = append(counts, s.fleet.requests(s.T, n))
	}
	return counts
}

func total(counts []map[string]int, what string) int {
	sum := 0
	for _, c := range counts {
		sum += c[what]
	}
	return sum
}

// changesStatus has the first client go out of service and come back, seen by the other
// or not.
func (s *scenario) changesStatus(how string, set func(model.Status), seen bool) {
	s.Helper()
	for _, status := range []model.Status{model.StatusOutOfService, model.StatusUp} {
		begun := time.Now()
		set(status)
		_, at := s.watch.sees(s.T, s.one.key, status)
		if !seen {
			s.Logf("%s by %s: the subscriber sees it after %v", status, how, at.Sub(begun))
			continue
		}
		want := string(status)
		if status != model.StatusUp && s.kind.onlyUp {
			want = ""
		}
		then := s.two.sees(s.T, s.one.key, want)
		s.Logf("%s by %s: the subscriber sees it after %v, the other client after %v", status, how, at.Sub(begun), then.Sub(begun))
	}
}

// says has the first client change its own status.
func (s *scenario) says(status model.Status) {
	s.Helper()
	s.one.order(s.T, "status", string(status))
}

// override puts an operator's word over that of the first client; UP: lifts it.
func (s *scenario) override(status model.Status) {
	s.Helper()
	url := eureka(s.nodes[0], fmt.Sprintf("apps/%s/%s/status", s.one.key.App, s.one.key.ID))
	if status == model.StatusUp {
		s.fleet.wants(s.T, http.StatusOK, http.MethodDelete, url, "")
		return
	}
	s.fleet.wants(s.T, http.StatusOK, http.MethodPut, url+"?value="+string(status), "")
}

// losesItsServer kills the node that the first client talks to, with the one behind it if
// that is a read node, and waits until both clients have gone on elsewhere for longer than
// their leases. The subscriber's judge sees to it that none is told to have gone.
func (s *scenario) losesItsServer() {
	s.Helper()
	left := others(s.nodes, s.lost)
	before := total(s.requests(left), "heartbeat 200")
	for _, n := range s.lost {
		n.process.Kill()
		s.Logf("%s was killed", n.Name)
	}
	s.fleet.outlasts(s.T, s.watch, others(s.fleet.writes, s.lost)[0], 2*leaseSeconds*time.Second)
	eventually(s.T, "heartbeats elsewhere", func() error {
		if came := total(s.requests(left), "heartbeat 200") - before; came < renewals {
			return fmt.Errorf("%d came", came)
		}
		return nil
	})
}

// leaves has the client unregister and end.
func (s *scenario) leaves(p *program) {
	s.Helper()
	s.watch.dies(p.key)
	begun := time.Now()
	p.order(s.T, "unregister")
	s.Logf("%s left: the subscriber is told after %v", p.key, s.watch.misses(s.T, p.key).Sub(begun))
	if code := p.process.ExitCode(); code != 0 {
		s.Errorf("%s ended with %d", p.key, code)
	}
}
