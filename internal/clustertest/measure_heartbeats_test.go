package clustertest

import (
	"testing"
	"time"
)

// TestMeasureHeartbeats compares what write nodes send to each other while 10,000
// instances do nothing but heartbeat with what they send while these say nothing:
// their beacons.
func TestMeasureHeartbeats(t *testing.T) {
	measured(t)
	const clients, each, window = 1000, 10, 15 * time.Second
	t.Logf("%d instances, a heartbeat a second on each of %d connections", clients*each, clients)
	t.Logf("%6s  %22s  %22s  %12s  %s", "writes", "bytes/s each, silent", "bytes/s each, beating", "bytes ratio", "CPU of all, silent and beating")
	for _, writes := range []int{1, 3, 5} {
		f := launchWith(t, writes, 1, production())
		f.whole()
		c := gather(t, f.web(loopback{}), "crowd", clients, each, f.writes...)
		c.register("once")
		f.same(clients * each)
		silent := f.during(window, time.Second, func() {}, f.writes...)
		beating := f.during(window, time.Second, c.beat, f.writes...)
		n := float64(writes)
		t.Logf("%6d  %22.0f  %22.0f  %12.2f  %.1f%% %.1f%%", writes, silent.sent/n, beating.sent/n, beating.sent/silent.sent, 100*silent.cpu, 100*beating.cpu)
		f.same(clients * each)
		for _, p := range f.all {
			p.discard()
		}
	}
}
