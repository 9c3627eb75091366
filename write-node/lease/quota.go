package lease

import "time"

// quota counts what leaves within a window.
type quota struct {
	window time.Duration
	share  float64
	opens  time.Duration // the window counts as spent before this
	spent  []spending    // within the last window, oldest first
	sum    int           // of spent
}

type spending struct {
	at time.Duration
	n  int
}

// size returns how many may leave in any one window: one at least.
func (q *quota) size(most int) int { return max(1, int(q.share*float64(most))) }

// left returns how many may leave now, given the most that was held. It doesn't
// look at opens.
func (q *quota) left(now time.Duration, most int) int {
	old := 0
	for old < len(q.spent) && q.spent[old].at <= now-q.window {
		q.sum -= q.spent[old].n
		old++
	}
	q.spent = append(q.spent[:0], q.spent[old:]...)
	return max(0, q.size(most)-q.sum)
}

// frees returns how long it takes until one may leave, given the most that was
// held; 0: one may now.
func (q *quota) frees(now time.Duration, most int) time.Duration {
	sum := q.sum
	for _, s := range q.spent {
		if sum < q.size(most) {
			break
		}
		sum -= s.n
		if sum < q.size(most) {
			return max(0, s.at+q.window-now)
		}
	}
	return 0
}

func (q *quota) spend(now time.Duration, n int) {
	if n == 0 {
		return
	}
	q.spent = append(q.spent, spending{now, n})
	q.sum += n
}
