package clustertest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

// TestAFrozenWriteNodeIsTakenOver stops a write node for longer than the others
// wait for it, and than any lease. Woken, it must neither evict what has moved to
// other nodes nor bring back what has ended there.
func TestAFrozenWriteNodeIsTakenOver(t *testing.T) {
	t.Parallel()
	s := play(t, 3, 2, 3)
	victim := s.busyWrite()
	rest := others(s.writes, victim)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	stuck, err := s.client(loopback{}, victim).Register(ctx, instance("fixed", "stuck", "blue")) // it knows no other node
	if err != nil {
		t.Fatal(err)
	}
	s.each(func(w *watcher) { w.sees(stuck.Instance()) })
	ghost := instance("fixed", "ghost", "blue")
	channel := s.speak(victim)
	if err := channel.Send(ctx, &wire.Register{Seq: 1, Instance: ghost}); err != nil {
		t.Fatal(err)
	}
	s.each(func(w *watcher) { w.sees(ghost) })

	victim.freeze()
	// What it is told now waits for it, longer than a client would.
	late := ghost.Clone()
	flip(late)
	if err := channel.Send(ctx, &wire.Register{Seq: 2, Instance: late}); err != nil {
		t.Logf("a slow machine: the node had closed the connection before it was frozen: %v", err)
	}
	s.hear(others(s.all, victim), rest...)
	s.plainly(rest[0], http.MethodDelete, ghost.Key(), "")
	s.each(func(w *watcher) {
		w.misses(ghost.Key())
		w.misses(stuck.Key()) // its lease ended at its heir
	})
	s.flows()

	victim.thaw()
	s.whole()
	s.each(func(w *watcher) { w.sees(stuck.Instance()) }) // its client lives, and now its node too
	s.flows()
	unregistered(t, stuck, s.looking()...)
	s.ends()
	s.returned(stuck.Key())
}

func TestAFrozenReadNodeIsLeft(t *testing.T) {
	t.Parallel()
	s := play(t, 3, 2, 2)
	victim := s.named(s.followers[0].node())
	victim.freeze()
	s.eventually("the follower to leave", func() error {
		if now := s.followers[0].node(); now == victim.node.Name || now == "" {
			return fmt.Errorf("it is at %q", now)
		}
		return nil
	})
	s.flows()
	victim.thaw() // its watcher is still there
	s.flows()
	s.ends()
	s.returned()
}

// TestAFrozenReadNodePassesOnNothingThatWaited has a Eureka 1 client tell a read node that
// is frozen of an instance that is taken out elsewhere meanwhile.
func TestAFrozenReadNodePassesOnNothingThatWaited(t *testing.T) {
	t.Parallel()
	s := play(t, 2, 2, 2)
	victim, other := s.reads[0], s.watchers[s.reads[1]]
	put := func(in *model.Instance) {
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		s.plainly(s.writes[0], http.MethodPut, in.Key(), string(body))
		other.hasSeen(in)
	}
	ghost, brief := longLived("ghost"), instance("fixed", "brief", "blue")
	brief.Lease.DurationMs = (4 * processHeartbeat).Milliseconds()
	put(ghost)
	s.knows(s.writes[1], ghost.Key()) // who takes it out
	victim.freeze()
	put(brief)
	info := dialect.InfoOf(ghost, dialect.Shown{})
	body := dialect.AppendInstanceDocument(nil, dialect.JSONFull, &info)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+victim.node.HTTP+"/eureka/apps/"+ghost.App, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	conn, err := net.Dial("tcp", victim.node.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := errors.Join(conn.SetDeadline(time.Now().Add(2*patience)), request.Write(conn)); err != nil {
		t.Fatal(err)
	}
	s.plainly(s.writes[1], http.MethodDelete, ghost.Key(), "")
	other.misses(ghost.Key())
	other.misses(brief.Key()) // its lease has ended: more than three heartbeats have gone by

	victim.thaw()
	answer, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Body.Close(); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("it is answered %s", answer.Status)
	}
	s.flows()
	s.ends()
	s.returned()
}

// TestAStalledNATSServerIsLeft freezes the write node whose embedded NATS a read
// node is connected to: the connection stands, and nothing comes.
func TestAStalledNATSServerIsLeft(t *testing.T) {
	t.Parallel()
	s := play(t, 3, 2, 2)
	read := s.reads[0]
	server := read.natsServer()
	var victim *process
	for _, p := range s.writes {
		if p.node.NATS == server {
			victim = p
		}
	}
	if victim == nil {
		t.Fatalf("%s is connected to %q", read.node.Name, server)
	}
	victim.freeze()
	s.eventually("the read node to leave the server", func() error {
		if now := read.natsServer(); now == server {
			return fmt.Errorf("it is connected to %q", now)
		}
		return nil
	})
	s.hear(others(s.all, victim), others(s.writes, victim)...)
	s.arrives(s.watchers[read])
	victim.thaw()
	s.ends()
	s.returned()
}

// speak opens a registration channel at a node that nobody speaks on by itself.
func (f *fleet) speak(p *process) *raw.Channel {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	channel, _, err := raw.Dialer{HTTP: f.web(p.place)}.Hello(ctx, p.node.HTTP, wire.PathRegistrations, wire.Hello{Process: f.t.Name(), Connection: 1})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(channel.Close)
	return channel
}
