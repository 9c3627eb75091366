package simtest

import "heureka/internal/promise"

// bounds judges Bounded where a node itself says how full it is.
func (n *node) bounds() {
	w := n.w
	config, stats := w.times.cluster(len(w.writers)), n.replica.Stats()
	for _, b := range []struct {
		what        string
		have, limit int
	}{
		{"entries wait for others", stats.Waiting, config.MaxWaiting},
		{"answers are under way", stats.Answers, config.MaxAnswers},
	} {
		if b.have > b.limit {
			w.broke(promise.Bounded, n.name, "%d %s, %d are allowed", b.have, b.what, b.limit)
		}
	}
}
