package bench

import "time"

// Settled waits until the memory of a process has come to rest after its garbage
// is collected, but not for ever, and returns the bytes that it holds.
func (s *Stage) Settled(p *Process) (int64, error) {
	const look, looks, still = 500 * time.Millisecond, 16, 0.005
	if err := s.Collect(p); err != nil {
		return 0, err
	}
	before, err := p.Resident()
	if err != nil {
		return 0, err
	}
	for range looks {
		select {
		case <-time.After(look):
		case <-s.Context.Done():
			return 0, s.Context.Err()
		}
		now, err := p.Resident()
		if err != nil {
			return 0, err
		}
		if float64(before-now) < still*float64(before) {
			return now, nil
		}
		before = now
	}
	return before, nil
}
