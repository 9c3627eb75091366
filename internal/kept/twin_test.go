package kept

import (
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// FuzzConnDoesWhatItsSocketWould lets a connection and a socket go through the same,
// and compares how and when their calls end.
func FuzzConnDoesWhatItsSocketWould(f *testing.F) {
	for seed := range byte(64) {
		script := make([]byte, 60)
		for i := range script {
			script[i] = seed*31 + byte(i)*(2*seed+13) ^ byte(i*i)
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		script = script[:min(len(script), 200)]
		var kept, plain []result
		synctest.Test(t, func(t *testing.T) {
			here, there := net.Pipe()
			kept = play(New(&fake{Conn: here}), there, script)
		})
		synctest.Test(t, func(t *testing.T) {
			here, there := net.Pipe()
			plain = play(here, there, script)
		})
		if !slices.Equal(kept, plain) {
			t.Errorf("kept:  %v\nplain: %v", kept, plain)
		}
	})
}

// player plays a script: one call of each kind at a time.
type player struct {
	calls [4]<-chan result // ours to read and to write, the peer's likewise
	ended []result
}

func play(c, peer net.Conn, script []byte) []result {
	var p player
	for _, b := range script {
		d := time.Duration(b/16+1) * time.Millisecond
		switch b % 16 {
		case 0, 1, 2:
			c.SetReadDeadline(in(d))
		case 3, 4, 5:
			c.SetWriteDeadline(in(d))
		case 6:
			c.SetReadDeadline(time.Time{})
		case 7:
			c.SetWriteDeadline(time.Time{})
		case 8:
			c.SetReadDeadline(longAgo)
		case 9:
			c.SetWriteDeadline(longAgo)
		case 10:
			p.call(0, func() <-chan result { return reading(c, int(d/time.Millisecond)+1) })
		case 11:
			p.call(1, func() <-chan result { return writing(c, int(d/time.Millisecond)) })
		case 12:
			p.call(2, func() <-chan result { return reading(peer, int(d/time.Millisecond)) })
		case 13:
			p.call(3, func() <-chan result { return writing(peer, int(d/time.Millisecond)) })
		case 14, 15:
			time.Sleep(d + time.Microsecond) // never the moment of a deadline
		}
		p.settle()
	}
	c.Close()
	peer.Close()
	p.settle()
	return p.ended
}

func (p *player) call(i int, begin func() <-chan result) {
	if p.calls[i] == nil {
		p.calls[i] = begin()
	}
}

// settle notes what has ended, in the order of the calls.
func (p *player) settle() {
	synctest.Wait()
	for i, call := range p.calls {
		select {
		case r := <-call:
			p.ended = append(p.ended, result{n: i}, r)
			p.calls[i] = nil
		default:
		}
	}
}
