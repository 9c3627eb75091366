package kept

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlinesAreKeptToExactly(t *testing.T) {
	const s = time.Second
	for name, step := range map[string]struct {
		set  []time.Duration // one after the other, before the call
		then []time.Duration // a second after the other, while it waits
		want time.Duration
	}{
		"one":                         {[]time.Duration{5 * s}, nil, 5 * s},
		"the last of several":         {[]time.Duration{9 * s, 2 * s, 5 * s}, nil, 5 * s},
		"put off":                     {[]time.Duration{3 * s}, []time.Duration{9 * s}, 10 * s},
		"put off again and again":     {[]time.Duration{3 * s}, []time.Duration{9 * s, 9 * s, 9 * s}, 12 * s},
		"drawn nearer":                {[]time.Duration{60 * s}, []time.Duration{1 * s}, 2 * s},
		"put off, then drawn nearer":  {[]time.Duration{3 * s}, []time.Duration{60 * s, 2 * s}, 4 * s},
		"set where there was none":    {nil, []time.Duration{4 * s}, 5 * s},
		"set where there is no other": {[]time.Duration{2 * s, 0}, []time.Duration{4 * s}, 5 * s},
	} {
		for kind, side := range sides() {
			t.Run(name+", "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c, _, _ := faked(t)
					for _, d := range step.set {
						side.set(c, at(d))
					}
					ended := side.call(c)
					for _, d := range step.then {
						time.Sleep(s)
						side.set(c, at(d))
					}
					if got := <-ended; got != (result{0, "timeout", step.want}) {
						t.Errorf("%+v, not after %v", got, step.want)
					}
				})
			})
		}
	}
}

// side is one half of what a connection does.
type side struct {
	set  func(*Conn, time.Time) error
	call func(*Conn) <-chan result
}

func sides() map[string]side {
	return map[string]side{
		"reading": {(*Conn).SetReadDeadline, func(c *Conn) <-chan result { return reading(c, 2) }},
		"writing": {(*Conn).SetWriteDeadline, func(c *Conn) <-chan result { return writing(c, 2) }},
		"sending": {(*Conn).SetWriteDeadline, func(c *Conn) <-chan result {
			return calling(func() (int, error) { n, err := c.ReadFrom(bytes.NewReader(make([]byte, 2))); return int(n), err })
		}},
	}
}

// at returns when a deadline ends; 0 is none.
func at(d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return in(d)
}

func TestWhatWaitsIsBrokenOff(t *testing.T) {
	for kind, side := range sides() {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _, peer := faked(t)
				side.set(c, in(time.Minute))
				for range 3 {
					side.set(c, time.Time{})
					ended := side.call(c)
					time.Sleep(time.Millisecond)
					side.set(c, longAgo)
					if got := <-ended; got != (result{0, "timeout", time.Millisecond}) {
						t.Errorf("%+v", got)
					}
					if got := <-side.call(c); got != (result{0, "timeout", 0}) {
						t.Errorf("a call after it: %+v", got)
					}
				}
				side.set(c, in(time.Minute))
				ended := side.call(c)
				go peer.Write([]byte("ab"))
				go io.ReadFull(peer, make([]byte, 2))
				if got := <-ended; got.err != "" || got.n == 0 {
					t.Errorf("then it can't be used: %+v", got)
				}
				peer.Close()
			})
		})
	}
}

func TestADeadlineThatHasPassedCountsForTheNextCall(t *testing.T) {
	for kind, side := range sides() {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _, _ := faked(t)
				time.Sleep(time.Second)
				side.set(c, in(time.Second))
				time.Sleep(time.Minute)
				if got := <-side.call(c); got != (result{0, "timeout", 0}) {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

func TestAWriteGoesOnWhereItStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, peer := faked(t)
		c.SetWriteDeadline(in(time.Second))
		text := []byte("what is longer than the peer takes at once")
		ended := calling(func() (int, error) { return c.Write(text) })
		got := make([]byte, len(text))
		half := len(text) / 2
		io.ReadFull(peer, got[:half])
		c.SetWriteDeadline(in(time.Minute))
		time.Sleep(10 * time.Second) // the socket's deadline passes
		io.ReadFull(peer, got[half:])
		if r := <-ended; r != (result{len(text), "", 10 * time.Second}) || !bytes.Equal(got, text) {
			t.Errorf("%+v, %q", r, got)
		}

		c.SetWriteDeadline(in(time.Second))
		ended = calling(func() (int, error) { return c.Write(text) })
		io.ReadFull(peer, got[:half])
		c.SetWriteDeadline(in(2 * time.Second))
		time.Sleep(1500 * time.Millisecond)
		io.ReadFull(peer, got[:5])
		if r := <-ended; r != (result{half + 5, "timeout", 2 * time.Second}) {
			t.Errorf("a write that ends in the middle: %+v", r)
		}
	})
}

func TestWhatComesAfterTheSocketsDeadlineIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, peer := faked(t)
		c.SetReadDeadline(in(time.Second))
		ended := reading(c, 8)
		synctest.Wait()
		c.SetReadDeadline(time.Time{})
		time.Sleep(time.Hour)
		go peer.Write([]byte("late"))
		if got := <-ended; got != (result{4, "", time.Hour}) {
			t.Errorf("%+v", got)
		}
	})
}
