package clustertest

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"heureka/client"
	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
)

// seat is one subscriber of a driver: a subscription of the SDK, whose connections
// are judged message by message, and what it shows event by event.
type seat struct {
	name         string
	set          interest.Set
	subscription *client.Subscription

	mu        sync.Mutex // guards all below
	report    promise.Report
	faults    []string
	bounds    promise.Bounds
	now       *tap              // the newest connection
	memories  []*promise.Memory // of the last two tokens
	refused   map[string]int    // handshakes, by the answer's status
	dialled   int
	snapshots int
	lost      time.Time       // its last connection; zero: it is served
	back      []time.Duration // from a loss until it was told everything
	gone      map[model.Key]bool
}

type seatKey struct{}

// take subscribes, and takes events until the subscription ends.
func (s *seat) take(cl *client.Client, interests []interest.Interest, taking *sync.WaitGroup) error {
	subscription, err := cl.Subscribe(context.WithValue(context.Background(), seatKey{}, s), interests...)
	if err != nil {
		return err
	}
	s.subscription = subscription
	taking.Go(func() {
		for {
			event, err := subscription.Next(context.Background())
			if err != nil {
				return
			}
			s.shown(event)
		}
	})
	return nil
}

// shown judges an event. No id is registered twice: what comes again after it went
// has flickered.
func (s *seat) shown(e client.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case e.Type == client.Removed:
		s.gone[e.Instance.Key()] = true
	case e.Type == client.Added && s.gone[e.Instance.Key()]:
		s.fault("%s was shown again", e.Instance.Key())
	}
}

// dialTapped opens a connection for the seat that the context names.
func dialTapped(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	s := ctx.Value(seatKey{}).(*seat)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialled++
	s.now = &tap{Conn: conn, seat: s, session: promise.NewSession(s.name, &s.report)}
	return s.now, nil
}

func (s *seat) says(t *tap, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := t.said.feed(p, func([]byte) {}, t.ask); err != nil {
		s.fault("the SDK: %v", err)
	}
}

func (s *seat) hears(t *tap, p []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := t.heard.feed(p, t.answered, func(frame []byte) {
		s.bounds.Received(&s.report, s.name, len(frame))
		t.hear(frame)
	}); err != nil {
		s.fault("the node: %v", err)
	}
	if err != nil && t == s.now && t.synced && s.lost.IsZero() {
		s.lost = time.Now()
	}
}

// level notes that everything has been told. It is called with mu held, as all
// below are.
func (s *seat) level() {
	if !s.lost.IsZero() {
		s.back = append(s.back, time.Since(s.lost))
		s.lost = time.Time{}
	}
}

// remember keeps what is held with a token.
func (s *seat) remember(t *tap, token string) {
	if token != "" && t.synced {
		s.memories = append(s.memories, t.session.Remember(token))
		s.memories = s.memories[max(0, len(s.memories)-2):]
	}
}

func (s *seat) fault(format string, args ...any) {
	s.faults = append(s.faults, s.name+": "+fmt.Sprintf(format, args...))
}

// verdict compares what the SDK shows with what is registered, by application, and
// returns what is wrong, and all that was; final says that it was.
func (s *seat) verdict(registered map[string][]*model.Instance) (wrong []string, final bool) {
	shown := make(map[model.Key]*model.Instance)
	for _, in := range s.subscription.Snapshot() {
		shown[in.Key()] = in
	}
	wanted := make(map[model.Key]*model.Instance)
	for _, app := range s.apps(registered) {
		for _, in := range registered[app] {
			wanted[in.Key()] = in
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var report promise.Report
	report.Join(&s.report)
	promise.Converge(&report, wanted, promise.View{Name: s.name, Matches: s.set.Match, Holds: shown})
	wrong = slices.Clone(s.faults)
	for _, f := range report.Failures() {
		wrong = append(wrong, f.Error())
	}
	return wrong, len(s.faults) > 0 || s.report.Count() > 0
}

// apps returns those that the set may match.
func (s *seat) apps(registered map[string][]*model.Instance) []string {
	if atoms := s.set.Atoms(); len(atoms) == 1 && atoms[0].Kind == interest.App && atoms[0].Op == interest.Equals {
		return []string{atoms[0].Value}
	}
	return slices.Collect(maps.Keys(registered))
}
