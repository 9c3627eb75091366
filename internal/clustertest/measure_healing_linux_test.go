package clustertest

import (
	"testing"
	"time"
)

// TestMeasureHealing changes instances on both sides of a partition and tells how
// long after it heals all nodes hold the same.
func TestMeasureHealing(t *testing.T) {
	measured(t)
	t.Logf("%20s  %15s", "changes on each side", "one digest in")
	for _, changes := range []int{100, 10_000} {
		d := divide(t, "--heartbeat", "10s") // the crowd says nothing while nothing is measured
		registered := len(d.traffic.stop())
		const clients = 10
		sides := []*crowd{
			gather(t, d.web(d.left), "left", clients, changes/clients, d.sideWrites(d.left)...),
			gather(t, d.web(d.right), "right", clients, changes/clients, d.sideWrites(d.right)...),
		}
		for _, c := range sides {
			c.register("before")
		}
		all := registered + 2*changes
		d.same(all)
		d.network.down("trunk")
		d.hear(d.side(d.left), d.sideWrites(d.left)...)
		d.hear(d.side(d.right), d.sideWrites(d.right)...)
		for _, c := range sides {
			c.register("while apart")
		}
		began := time.Now()
		d.network.up("trunk")
		d.same(all)
		t.Logf("%20d  %15s", changes, time.Since(began).Round(10*time.Millisecond))
		for _, p := range d.all {
			p.discard()
		}
	}
}
