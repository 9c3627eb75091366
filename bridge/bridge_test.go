package bridge

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// as returns what wants an instance at an address, with a status, that is Heureka's or
// not.
func as(address string, status model.Status, marked bool) func(*dialect.Info) bool {
	return func(info *dialect.Info) bool {
		mark := false
		for _, p := range info.Metadata {
			mark = mark || p.Key == dialect.KeyOrigin && p.Value == "heureka"
		}
		return info.IPAddr == address && info.Status == status && mark == marked
	}
}

// TestAServiceMovesThereAndBack goes the way of docs/migration.md. The old cluster is a
// Heureka too, which is a Eureka 1 server to everybody.
func TestAServiceMovesThereAndBack(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka()+"/eureka", s.heureka()
	b, _ := s.bridge(heureka, nil, old)
	moveThereAndBack(s, old, heureka+"/eureka")
	quiet(s, b)
}

// TestTwoBridgesAgree holds that they neither fight nor undo what the other did.
func TestTwoBridgesAgree(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka()+"/eureka", s.heureka()
	first, stop := s.bridge(heureka, nil, old)
	second, _ := s.bridge(heureka, nil, old)
	moveThereAndBack(s, old, heureka+"/eureka", first, second)
	quiet(s, first, second)
	stop()
	late := registered("LATE", "host:late:1", "10.0.0.9")
	s.register(old, late)
	s.shows(heureka+"/eureka", late, "after a bridge has gone", as("10.0.0.9", model.StatusUp, false))
}

// TestARing holds that nothing comes back to where it was registered, along bridges
// that know nothing of each other.
func TestARing(t *testing.T) {
	s := newScene(t)
	a, b, c := s.heureka(), s.heureka(), s.heureka()
	named := func(name string) func(*Config) { return func(c *Config) { c.Cluster = name } }
	ab, _ := s.bridge(b, named("b"), a+"/eureka")
	bc, _ := s.bridge(c, named("c"), b+"/eureka")
	ca, _ := s.bridge(a, named("a"), c+"/eureka")
	for i, at := range []string{a, b, c} {
		in := registered("ROUND", fmt.Sprintf("host:round:%d", i), "10.0.0.1")
		s.register(at+"/eureka", in)
		for _, at := range []string{a, b, c} {
			s.shows(at+"/eureka", in, "wherever it is from", func(info *dialect.Info) bool { return info.IPAddr == in.Address })
		}
		quiet(s, ab, bc, ca)
		s.say(http.StatusOK, http.MethodDelete, at+"/eureka", path(in), nil)
		for _, at := range []string{a, b, c} {
			s.shows(at+"/eureka", in, "after it ended", nil)
		}
		quiet(s, ab, bc, ca)
	}
}

// TestAPeerIsHeardAtOnce has an old server pass on to the bridge what it hears.
func TestAPeerIsHeardAtOnce(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka()+"/eureka", s.heureka()
	b, _ := s.bridge(heureka, func(c *Config) { c.Poll, c.Full = time.Hour, time.Hour }, old)
	s.until("the bridge is ready", func() bool { return b.ready() == nil })
	in := registered("PEER", "host:peer:1", "10.0.0.1")
	s.register(old, in)
	info := dialect.InfoOf(in, dialect.Shown{})
	at := "http://" + b.Addresses().HTTP + "/eureka"
	tell := func(want int, items ...dialect.Item) {
		t.Helper()
		for i := range items {
			items[i].App, items[i].ID = in.App, in.ID
		}
		answers, err := dialect.DecodeAnswers(s.say(http.StatusOK, http.MethodPost, at, "/peerreplication/batch/", dialect.AppendBatch(nil, items)), len(items))
		if err != nil || len(answers) != len(items) || answers[0].Code != want {
			t.Fatalf("answered %+v, %v", answers, err)
		}
	}
	tell(http.StatusNotFound, dialect.Item{Action: dialect.Heartbeat, LastDirtyMs: in.LastChangedMs})
	tell(http.StatusOK, dialect.Item{Action: dialect.Register, LastDirtyMs: in.LastChangedMs, Info: &info})
	s.shows(heureka+"/eureka", in, "passed on", as("10.0.0.1", model.StatusUp, false))
	tell(http.StatusOK, dialect.Item{Action: dialect.Heartbeat, LastDirtyMs: in.LastChangedMs})
	s.say(http.StatusOK, http.MethodPut, old, path(in)+"/status?value=OUT_OF_SERVICE", nil)
	tell(http.StatusOK, dialect.Item{Action: dialect.StatusUpdate, Status: model.StatusOutOfService})
	s.shows(heureka+"/eureka", in, "overridden", as("10.0.0.1", model.StatusOutOfService, false))
	s.say(http.StatusOK, http.MethodDelete, old, path(in)+"/status?value=UP", nil)
	tell(http.StatusOK, dialect.Item{Action: dialect.DeleteStatusOverride, Status: model.StatusUp})
	s.shows(heureka+"/eureka", in, "no longer overridden", as("10.0.0.1", model.StatusUp, false))
	s.say(http.StatusOK, http.MethodDelete, old, path(in), nil)
	tell(http.StatusOK, dialect.Item{Action: dialect.Cancel})
	s.shows(heureka+"/eureka", in, "taken out", nil)
	s.say(http.StatusServiceUnavailable, http.MethodGet, at, "/apps/", nil)
	s.say(http.StatusBadRequest, http.MethodPost, at, "/peerreplication/batch", []byte("{"))
}

// TestAnItemThatCantBeReadHoldsUpNoOther that a server passes on with it: it doesn't say
// those again. What a bridge tells a node of Heureka is such a batch, too.
func TestAnItemThatCantBeReadHoldsUpNoOther(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka()+"/eureka", s.heureka()
	b, _ := s.bridge(heureka, func(c *Config) { c.Poll, c.Full = time.Hour, time.Hour }, old)
	s.until("the bridge is ready", func() bool { return b.ready() == nil })
	for at, shows := range map[string]string{"http://" + b.Addresses().HTTP + "/eureka": heureka + "/eureka", old: old} {
		first, last := registered("PEER", "first", "10.0.0.1"), registered("PEER", "last", "10.0.0.2")
		var texts []string
		for _, in := range []*model.Instance{first, last} {
			in.LastChangedMs = time.Now().UnixMilli()
			info := dialect.InfoOf(in, dialect.Shown{})
			_, text, err := dialect.CutBatch(dialect.AppendBatch(nil, []dialect.Item{{Action: dialect.Register, App: in.App, ID: in.ID, LastDirtyMs: in.LastChangedMs, Info: &info}}), 1)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text...)
		}
		texts = slices.Insert(texts, 1, `{"action":"Register","appName":"PEER","id":"broken","instanceInfo":{"app":"PEER","port":{"$":[1]}}}`)
		answers, err := dialect.DecodeAnswers(s.say(http.StatusOK, http.MethodPost, at, "/peerreplication/batch/", dialect.JoinBatch(texts)), 3)
		if err != nil || len(answers) != 3 || answers[0].Code != http.StatusOK || answers[1].Code != http.StatusBadRequest || answers[2].Code != http.StatusOK {
			t.Errorf("%s: answered %+v, %v", at, answers, err)
		}
		for _, in := range []*model.Instance{first, last} {
			s.shows(shows, in, "beside what can't be read", func(info *dialect.Info) bool { return info.IPAddr == in.Address })
		}
	}
}

// moveThereAndBack has a service of an old server move to Heureka, and back. Several
// bridges pass on the same order, and the last word may still be on its way when the
// first is shown: it would undo the next order. So that waits for all of them.
func moveThereAndBack(s *scene, old, heureka string, several ...*Bridge) {
	order := func(method, at, path string) {
		s.t.Helper()
		if len(several) > 0 {
			quiet(s, several...)
		}
		s.say(http.StatusOK, method, at, path, nil)
	}
	stays, moves, ours := registered("STAYS", "host:stays:1", "10.0.0.1"), registered("MOVES", "host:moves:1", "10.0.0.2"), registered("OURS", "host:ours:1", "10.0.0.3")
	s.register(old, stays)
	s.register(old, moves)
	s.register(heureka, ours)
	s.shows(heureka, stays, "as the old cluster's", as("10.0.0.1", model.StatusUp, false))
	s.shows(heureka, moves, "as the old cluster's", as("10.0.0.2", model.StatusUp, false))
	s.shows(old, ours, "as Heureka's", as("10.0.0.3", model.StatusUp, true))

	moves.Address = "10.0.1.2"
	s.register(heureka, moves) // without a word to the old cluster
	s.shows(old, moves, "as Heureka's, after it moved", as("10.0.1.2", model.StatusUp, true))
	s.shows(heureka, moves, "after it moved", as("10.0.1.2", model.StatusUp, false))

	order(http.MethodPut, old, path(stays)+"/status?value=OUT_OF_SERVICE")
	s.shows(heureka, stays, "overridden there", as("10.0.0.1", model.StatusOutOfService, false))
	order(http.MethodDelete, old, path(stays)+"/status?value=UP")
	s.shows(heureka, stays, "no longer overridden there", as("10.0.0.1", model.StatusUp, false))
	order(http.MethodPut, heureka, path(stays)+"/status?value=OUT_OF_SERVICE")
	s.shows(old, stays, "overridden in Heureka", as("10.0.0.1", model.StatusOutOfService, false))
	order(http.MethodDelete, heureka, path(stays)+"/status")
	s.shows(old, stays, "no longer overridden in Heureka", as("10.0.0.1", model.StatusUp, false))
	order(http.MethodPut, old, path(moves)+"/status?value=OUT_OF_SERVICE")
	s.shows(heureka, moves, "overridden in the old cluster", as("10.0.1.2", model.StatusOutOfService, false))
	order(http.MethodDelete, old, path(moves)+"/status?value=UP")
	s.shows(heureka, moves, "no longer overridden in the old cluster", as("10.0.1.2", model.StatusUp, false))

	moves.Address = "10.0.2.2"
	s.register(old, moves) // back, without a word to Heureka
	s.shows(heureka, moves, "after it moved back", as("10.0.2.2", model.StatusUp, false))
	s.shows(old, moves, "after it moved back", as("10.0.2.2", model.StatusUp, false))
	s.say(http.StatusOK, http.MethodDelete, old, path(moves), nil)
	s.shows(heureka, moves, "after it ended", nil)
	s.say(http.StatusOK, http.MethodDelete, heureka, path(ours), nil)
	s.shows(old, ours, "after it ended", nil)
	s.shows(heureka, stays, "in the end", as("10.0.0.1", model.StatusUp, false))
	s.shows(old, stays, "in the end", as("10.0.0.1", model.StatusUp, false))
}

// quiet wants that nobody has anything to say but that what there is lives, for so long
// that each has read everything meanwhile.
func quiet(s *scene, bridges ...*Bridge) {
	s.t.Helper()
	before := int64(-1)
	s.until("all has been said", func() bool {
		last := before
		before = 0
		for _, b := range bridges {
			before += said(b)
		}
		if last == before {
			return true
		}
		enough := make([]time.Duration, len(bridges))
		for i, b := range bridges {
			enough[i] = b.now().Mono + b.config.Settle + 2*b.config.Full + 2*b.sweep
		}
		for i, b := range bridges {
			s.until("a bridge has read everything", func() bool { return heard(b) >= enough[i] })
		}
		return false
	})
}

// heard returns when a bridge asked the old cluster for what it read last.
func heard(b *Bridge) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sides.Heard()
}
