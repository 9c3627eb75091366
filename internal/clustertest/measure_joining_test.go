package clustertest

import (
	"sync"
	"testing"
	"time"
)

// TestMeasureJoining starts one read node, then ten at once, beside one that is
// ready, and tells how long they take and what that costs the write nodes.
func TestMeasureJoining(t *testing.T) {
	measured(t)
	t.Logf("%9s  %7s  %10s  %16s  %16s  %14s", "instances", "joining", "ready in", "write nodes' CPU", "write nodes sent", "pulls answered")
	for _, instances := range []int{10_000, 100_000} {
		f := launchWith(t, 3, 11, production())
		late := f.reads[1:]
		for _, p := range late {
			p.stop()
		}
		const clients = 100
		c := gather(t, f.web(loopback{}), "crowd", clients, instances/clients, f.writes...)
		c.register("once")
		stays := append(f.writes[:len(f.writes):len(f.writes)], f.reads[0])
		f.sameOf(stays, instances)
		background := f.during(5*time.Second, time.Second, func() {}, f.writes...)
		for _, joining := range []int{1, 10} {
			before, began := f.spent(f.writes...), time.Now()
			var ready sync.WaitGroup
			for _, p := range late[:joining] {
				p.start()
			}
			for _, p := range late[:joining] {
				ready.Go(func() { f.ready(p) })
			}
			ready.Wait()
			took := time.Since(began)
			cost := f.spent(f.writes...).since(before)
			t.Logf("%9d  %7d  %10s  %14.2f s  %13.0f kB  %14.0f", instances, joining, took.Round(10*time.Millisecond),
				cost.cpu-background.cpu*took.Seconds(), (cost.sent-background.sent*took.Seconds())/1000, cost.answers)
			for _, p := range late[:joining] {
				p.stop()
			}
		}
		for _, p := range f.all {
			p.discard()
		}
	}
}
