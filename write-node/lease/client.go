package lease

import "time"

// voice is what a table makes of a holder as a client of this node.
type voice uint8

const (
	unheard voice = iota // it has no lease of class Own, or its client has left
	heard                // one of them runs
	silent               // all of them have ended
	voices
)

// Left notes that the holder's client closed its connection: its leases end when
// they would have, but it didn't fall silent, and it isn't heard any more.
func (t *Table) Left(h *Holder) {
	h.left = true
	t.listen(0, h) // nobody falls silent by leaving
}

// Clients returns how many holders of leases of class Own are heard, and how many
// have fallen silent: all these leases of theirs have ended and not gone yet.
// Holders whose clients have left are neither.
func (t *Table) Clients() (nHeard, nSilent int) { return t.clients[heard], t.clients[silent] }

// listen counts a holder anew after its leases have changed.
func (t *Table) listen(now time.Duration, h *Holder) {
	next := unheard
	switch {
	case h.left || h.own == 0:
	case h.own > h.ownQueued:
		next = heard
	default:
		next = silent
	}
	if next == h.voice {
		return
	}
	t.clients[h.voice]--
	t.clients[next]++
	h.voice = next
	if next == silent {
		t.fell = now
	}
}
