package clustertest

import "testing"

func TestARollingRestartUnderLoadShowsNothing(t *testing.T) {
	t.Parallel()
	s := play(t, 3, 2, 3)
	for _, p := range s.all {
		p.stop()
		s.flows() // without it
		s.again(p)
		if s.watchers[p] != nil {
			s.look(p)
		}
		s.whole() // one at a time
	}
	s.ends()
}

func TestKilledProcessesUnderLoadShowNothing(t *testing.T) {
	t.Parallel()
	s := play(t, 3, 2, 3)
	write := s.busyWrite()
	write.kill()
	s.hear(others(s.all, write), others(s.writes, write)...) // it is known to be dead
	s.flows()
	s.again(write)
	s.whole()

	read := s.named(s.followers[0].node())
	read.kill()
	s.flows()
	s.again(read)
	s.look(read)
	s.ends()
}
