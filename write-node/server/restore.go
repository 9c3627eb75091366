package server

import (
	"fmt"
	"time"

	"heureka/write-node/journal"
	"heureka/write-node/store"
)

// openStore takes the map that a former run of the node stored, and has it stored
// from now on. Without a folder nothing is kept.
func (s *Server) openStore() error {
	if s.config.Data == "" {
		return nil
	}
	began := time.Now()
	disk, contents, err := store.Open(s.config.store(), s.log)
	if err != nil {
		return fmt.Errorf("--data (HEUREKA_DATA): %w", err)
	}
	j := journal.New(s.config.journal())
	s.loop.keeper = newKeeper(disk, j)
	switch {
	case contents.Damaged:
		j.Lose()
	case disk.Size() == 0:
		j.Begin() // there is no file yet, and the log says why
	}
	if len(contents.Vector) == 0 {
		return nil
	}
	replica, now := s.loop.owner.Replica(), s.loop.now()
	replica.Restore(contents.Entries, contents.Vector, contents.Horizon, now)
	s.loop.owner.Settle(now) // none of it is news to the store, and nobody listens yet
	j.Restored(replica.Map())
	s.log.Info("registry restored, unconfirmed", "instances", replica.Map().Live(), "tombstones", replica.Map().Tombstones(),
		"bytes", disk.Size(), "took", time.Since(began))
	return nil
}

// closeStore waits until the writer has let the disk go, after the loop has ended. A
// disk that hangs isn't waited for: the cluster has everything, and whoever stops a
// node wants it to end.
func (s *Server) closeStore() {
	k := s.loop.keeper
	if k == nil {
		return
	}
	select {
	case err := <-k.closed:
		if err != nil {
			s.log.Error("the store wasn't closed well", "err", err)
		}
	case <-time.After(time.Until(s.loop.by)):
		s.log.Error("stopped without waiting for a disk that hangs")
	}
	if n := k.journal.Stats(0).Dirty; n > 0 && s.loop.flush {
		s.log.Error("stopped before everything was stored", "entries", n, "err", k.last.err)
	}
}

// reportStore logs what an operator may want to know of the store since the last
// tick.
func (s *Server) reportStore(before, now keeping, at time.Duration) {
	switch {
	case now.Failing && (!before.Failing || before.err == nil || before.err.Error() != now.err.Error()):
		s.log.Error("the store can't be written; this node serves and acknowledges without it", "err", now.err)
	case before.Failing && !now.Failing:
		s.log.Info("the store is written again", "behind", now.Dirty)
	case now.Late && !before.Late && at >= s.slowAgain:
		s.slowAgain = at + remindEvery
		s.log.Warn("the store is slow; this node acknowledges without waiting for it", "took", max(now.Busy, now.Took), "behind", now.Dirty)
	}
}
