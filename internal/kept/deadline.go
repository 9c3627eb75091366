package kept

import (
	"errors"
	"os"
	"sync"
	"time"
)

// deadline is the deadline of reads or of writes. While somebody waits in the socket,
// that has one which is no later.
type deadline struct {
	mutex   sync.Mutex
	want    time.Time // as it was set last; zero: none
	armed   time.Time // the socket's
	waiting int       // calls in the socket
	passing int       // who wants deadlines to be set at the socket at once
	begun   time.Time // of the connection
	set     func(time.Time) error
}

// put takes a new deadline. One that is later than the socket's is only noted, and so is
// every one while nobody waits.
func (d *deadline) put(t time.Time) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.want = t
	if d.passing > 0 || d.waiting > 0 && sooner(t, d.armed) {
		return d.arm()
	}
	return nil
}

// arm sets the socket's. The mutex is held.
func (d *deadline) arm() error {
	d.armed = d.want
	return d.set(d.want)
}

// enter goes before each call of the socket that may wait. What is over before the
// connection began is a word to end what waits, which costs no timer; a deadline that
// has passed since then is left to the socket, as looking at the clock each time isn't
// free.
func (d *deadline) enter() error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.passing == 0 {
		if d.over(d.want) {
			return os.ErrDeadlineExceeded
		}
		if sooner(d.want, d.armed) || d.over(d.armed) {
			if err := d.arm(); err != nil {
				return err
			}
		}
	}
	d.waiting++
	return nil
}

// leave goes behind it, with its error, and tells whether to call again, since only the
// socket's deadline has passed; otherwise what is to be returned.
func (d *deadline) leave(err error) (again bool, _ error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.waiting--
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false, err
	}
	if !d.want.IsZero() && time.Until(d.want) <= 0 {
		return false, err
	}
	if err := d.arm(); err != nil {
		return false, err
	}
	return true, nil
}

// pass makes deadlines be set at the socket at once, the present one too, until it is
// taken back with -1.
func (d *deadline) pass(one int) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.passing += one; one > 0 {
		return d.arm()
	}
	return nil
}

// over tells whether a deadline had passed before the connection began.
func (d *deadline) over(t time.Time) bool { return !t.IsZero() && t.Before(d.begun) }

// sooner tells whether a deadline ends earlier than another.
func sooner(t, than time.Time) bool { return !t.IsZero() && (than.IsZero() || t.Before(than)) }
