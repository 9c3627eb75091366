package clustertest

import (
	"testing"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"heureka/client"
	"heureka/model"
)

// TestTheUsersOwnNATSCarriesIt runs all nodes as clients of a NATS that somebody
// else runs, lets a write node die, and a read node join.
func TestTheUsersOwnNATSCarriesIt(t *testing.T) {
	nats, err := natsserver.NewServer(&natsserver.Options{Host: "127.0.0.1", Port: natsserver.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	nats.Start()
	t.Cleanup(func() {
		nats.Shutdown()
		nats.WaitForShutdown()
	})
	if !nats.ReadyForConnections(patience) {
		t.Fatal("NATS doesn't start")
	}
	c := startOn(t, nats.ClientURL(), 3, 2)
	for _, n := range c.writes {
		if n.Node.NATS != "" || n.Node.Routes != "" {
			t.Errorf("%s embeds a NATS at %q and %q", n.Node.Name, n.Node.NATS, n.Node.Routes)
		}
	}
	watchers := c.watchAll(func(node string) *watcher { return watch(t, node, full) })
	var registrations []*client.Registration
	for _, n := range c.writes {
		cl := c.client(append([]*node{n}, c.writes...), nil)
		registrations = append(registrations, registered(t, cl, instance("orders", n.Node.Name, "blue"), watchers...))
	}
	c.kill(c.named(registrations[0].Status().Node))
	for _, r := range registrations {
		updated(t, r, func(in *model.Instance) { in.Metadata = map[string]string{"moved": "yes"} }, watchers...)
	}
	late := c.join()
	c.ready(late)
	w := watch(t, late.Node.HTTP, full)
	for _, r := range registrations {
		w.lives(r.Key())
		w.sees(r.Instance())
	}
	watchers = append(watchers, w)
	for _, r := range registrations {
		unregistered(t, r, watchers...)
	}
}
