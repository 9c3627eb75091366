package clustertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"heureka/client"
	"heureka/cluster"
	"heureka/internal/dev"
	"heureka/model"
)

const (
	leftAddress  = "10.77.0.1"
	rightAddress = "10.77.0.2"
)

// contested is what both sides register, each in its own way.
var contested = model.NewKey("fixed", "contested")

// divided is a cluster on two hosts: a minority of the write nodes on the left,
// the majority on the right, and everywhere a read node, clients and subscribers.
type divided struct {
	*scene
	network     *network
	left, right *namespace
}

func divide(t *testing.T, more ...string) *divided {
	t.Helper()
	n := newNetwork(t)
	n.segment("left")
	n.segment("right")
	n.trunk("trunk", "left", "right")
	d := &divided{network: n, left: n.host(), right: n.host()}
	n.plug(d.left, "left", leftAddress)
	n.plug(d.right, "right", rightAddress)
	nodes := dev.Plan{WriteNodes: 3, ReadNodes: 2}.Nodes()
	for i := range nodes {
		address := rightAddress
		if nodes[i].Name == "write-1" || nodes[i].Name == "read-1" {
			address = leftAddress
		}
		nodes[i] = moved(nodes[i], address, address)
	}
	f := launchAt(t, nodes, func(n dev.Node) place {
		if strings.HasPrefix(n.HTTP, leftAddress) {
			return d.left
		}
		return d.right
	}, more...)
	f.appear = patience // a side learns of the other's after the fault
	d.scene = stage(f)
	d.traffic.lease = longer
	d.followed("a follower on the left", d.left)
	d.followed("a follower on the right", d.right)
	d.traffic.add("left", d.client(d.left, d.sideWrites(d.left)...))
	d.traffic.add("right", d.client(d.right, d.sideWrites(d.right)...))
	d.traffic.add("left-all", d.client(d.left, d.writes...))
	d.traffic.add("right-all", d.client(d.right, d.writes...))
	d.flows()
	return d
}

// moved returns a node of a plan with another address, and another one for its
// NATS routes.
func moved(n dev.Node, address, routes string) dev.Node {
	to := func(old, host string) string { return strings.Replace(old, "127.0.0.1", host, 1) }
	n.HTTP, n.Admin, n.NATS, n.Routes = to(n.HTTP, address), to(n.Admin, address), to(n.NATS, address), to(n.Routes, routes)
	return n
}

// side returns the nodes on that side.
func (d *divided) side(where place) []*process {
	var on []*process
	for _, p := range d.all {
		if p.place == where {
			on = append(on, p)
		}
	}
	return on
}

func (d *divided) sideWrites(where place) []*process {
	var on []*process
	for _, p := range d.side(where) {
		if p.node.Role == cluster.Write {
			on = append(on, p)
		}
	}
	return on
}

// watcherOn returns the watcher on that side.
func (d *divided) watcherOn(where place) *watcher {
	for p, w := range d.watchers {
		if p.place == where {
			return w
		}
	}
	return nil
}

func TestATwoSidedPartitionHeals(t *testing.T) {
	t.Parallel()
	d := divide(t)
	d.endure(func() { d.network.down("trunk") }, func() { d.network.up("trunk") })
}

// TestAOneWayCutHeals lets everything vanish that the left says to the right, and
// nothing that the right says.
func TestAOneWayCutHeals(t *testing.T) {
	t.Parallel()
	d := divide(t)
	d.endure(func() { d.network.deafen(d.left, rightAddress) }, func() { d.network.hear(d.left, rightAddress) })
}

// endure lets both sides go on while they are cut off from each other, and judges
// what everybody was shown, during the cut and after it.
func (d *divided) endure(cut, heal func()) {
	d.t.Helper()
	// Who moves from one side to the other must find what it knows: all is told
	// before the cut.
	before := d.traffic.stop()
	d.converged(before, d.looking(), d.followers)
	dying := make(map[*namespace]*client.Client)
	for side, name := range map[*namespace]string{d.left: "left", d.right: "right"} {
		dying[side] = d.client(side, d.sideWrites(side)...)
		in := instance("dying", name, "blue")
		in.Lease.DurationMs = (4 * time.Second).Milliseconds()
		registered(d.t, dying[side], in)
		d.each(func(w *watcher) { w.sees(in) })
	}
	left, right := d.sideWrites(d.left), d.sideWrites(d.right)
	minority := 0 // instances whose client reaches nobody else
	for _, in := range before {
		if in.App == "LEFT" {
			minority++
		}
	}

	cut()
	d.traffic.resume()
	d.hear(d.side(d.left), left...)
	d.hear(d.side(d.right), right...)
	d.flows()
	d.eventually("the right to take the left's over", func() error {
		if n := d.leases("adopted", right...); n < minority {
			return fmt.Errorf("it holds %d of %d", n, minority)
		}
		return nil
	})
	for side, name := range map[*namespace]string{d.left: "left", d.right: "right"} {
		dying[side].Close()
		d.watcherOn(side).misses(model.NewKey("dying", name))
		d.keep(registered(d.t, d.client(side, d.writes...), longLived("fresh-"+name), d.watcherOn(side)))
		d.plainly(d.sideWrites(side)[0], http.MethodPut, contested, fmt.Sprintf(`{"vip":%q,"lease":{"durationMs":%d}}`, name, longer.Milliseconds()))
	}
	d.flows()
	if n := d.leases("adopted", left...); n != 0 {
		d.t.Errorf("the minority took over %d", n)
	}
	if n := d.leases("adopted", right...); n < minority {
		d.t.Errorf("of %d instances that the majority took over, and whose clients live, it holds %d", minority, n)
	}

	heal()
	d.whole()
	d.flows()
	registered := d.traffic.stop()
	d.same(len(registered) + 1) // of what both sides put, one
	d.plainly(left[0], http.MethodDelete, contested, "")
	d.ends()
}
