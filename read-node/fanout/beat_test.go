package fanout

import (
	"testing"

	"heureka/interest"
	"heureka/wire"
)

func TestEachSessionHearsOneHeartbeatInAllParts(t *testing.T) {
	h := New(DefaultConfig(), interest.DefaultLimits(), nil)
	const sessions, parts = 10, 3
	for id := range SessionID(sessions) {
		h.Open(id, wire.FormatJSON)
	}
	heard := make(map[SessionID]int)
	for part := range uint64(parts) {
		h.Beat(part, parts)
		deliveries := h.Deliveries(0)
		if n := len(deliveries); n < sessions/parts || n > sessions/parts+1 {
			t.Errorf("part %d: %d of %d hear a heartbeat at once", part, n, sessions)
		}
		for _, d := range deliveries {
			heard[d.Session]++
			h.Written(d.Session)
		}
	}
	for id := range SessionID(sessions) {
		if heard[id] != 1 {
			t.Errorf("session %d hears %d heartbeats", id, heard[id])
		}
	}
}
