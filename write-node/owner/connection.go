package owner

import (
	"slices"
	"time"

	"heureka/model"
	"heureka/write-node/lease"
)

// ConnID names an open connection. Its body hands them out and uses none twice.
type ConnID uint64

// connection is one registration channel of a client. Its methods, where they
// say so, may be called on nil, which stands for no connection.
type connection struct {
	speaker model.Speaker // zero: unknown
	open    bool
	holder  lease.Holder
	held    int                      // registrations
	lost    map[model.Key]model.Time // words of registrations that it holds no more
	askFrom time.Duration            // when its client may be asked to say them again
}

// Open begins a connection. Process and number are what its client's hello says
// of it. It is ErrWaking if that may have waited for long.
func (o *Owner) Open(id ConnID, process string, number uint64, now model.Moment) error {
	if o.Wakes(now) {
		return ErrWaking
	}
	c := &connection{speaker: model.NewSpeaker(process, number), open: true, lost: make(map[model.Key]model.Time)}
	o.leases.Heard(now.Mono, &c.holder)
	o.conns[id] = c
	return nil
}

// Ending tells why a connection is no more.
type Ending uint8

// The ways in which a connection ends.
const (
	Left    Ending = iota // its client closed it, or was alive when the node did
	GivenUp               // its client fell silent, or can't be reached
)

// Close ends a connection. Its registrations stay until their leases end, and a
// client that comes back takes them over. It does nothing if the connection
// isn't open.
func (o *Owner) Close(id ConnID, why Ending) {
	if c := o.conns[id]; c != nil {
		if why == Left {
			o.leases.Left(&c.holder)
		}
		c.open, c.lost = false, nil
		delete(o.conns, id)
	}
}

// Heard renews all leases of a connection: any message on it says that its
// client lives. The other methods that name a connection do this too. It is
// ErrNotOpen if the connection doesn't count any more.
func (o *Owner) Heard(id ConnID, now model.Moment) error {
	_, err := o.hear(id, now)
	return err
}

func (o *Owner) hear(id ConnID, now model.Moment) (*connection, error) {
	o.look(now)
	c := o.conns[id]
	if c == nil {
		return nil, ErrNotOpen
	}
	o.leases.Heard(now.Mono, &c.holder)
	return c, nil
}

// Heartbeat renews all leases of a connection and returns the keys, in order,
// that its client is to say again: lost ones that no other client has registered
// here meanwhile, nor a later connection of the same process anywhere. Its cost
// is in the lost ones only, and they are named at most once in Config.AskEvery,
// however fast the heartbeats come.
func (o *Owner) Heartbeat(id ConnID, now model.Moment) ([]model.Key, error) {
	c, err := o.hear(id, now)
	if err != nil {
		return nil, err
	}
	if len(c.lost) == 0 || now.Mono < c.askFrom {
		return nil, nil
	}
	c.askFrom = now.Mono + o.cfg.AskEvery
	var again []model.Key
	for key := range c.lost {
		r := o.registrations[key]
		if (r == nil || r.Class() == lease.Adopted) && !o.outranked(key, c) {
			again = append(again, key)
		}
	}
	slices.SortFunc(again, model.Key.Compare)
	return again, nil
}

// loses notes that the connection doesn't hold the registration any more, which
// goes to another one, or to none. It remembers the word, unless it is closed, or
// its own client speaks through the other connection. C may be nil.
func (c *connection) loses(r *registration, to *connection) {
	if c == nil {
		return
	}
	c.held--
	if c.open && !c.sameProcess(to) {
		c.lost[r.Key] = r.word()
	}
}

// gains notes that the connection holds the registration from now on. C may be
// nil.
func (c *connection) gains(r *registration) {
	r.conn = c
	if c != nil {
		c.held++
		delete(c.lost, r.Key)
	}
}

// says returns who speaks through the connection. C may be nil.
func (c *connection) says() model.Speaker {
	if c == nil {
		return model.Speaker{}
	}
	return c.speaker
}

// outranked reports whether a later connection of the same process has spoken of
// the key, here or at another node.
func (o *Owner) outranked(key model.Key, c *connection) bool {
	cur := o.replica.Map().Get(key)
	return cur != nil && cur.Speaker.Outranks(c.says())
}

// leaseHolder returns what renews the connection's leases. C may be nil.
func (c *connection) leaseHolder() *lease.Holder {
	if c == nil {
		return nil
	}
	return &c.holder
}

// sameProcess reports whether both connections belong to one process of a
// client. Either may be nil.
func (c *connection) sameProcess(other *connection) bool {
	return c != nil && other != nil && c.speaker.Process != 0 && c.speaker.Process == other.speaker.Process
}

// spokeBefore reports whether somebody who spoke is this connection's process, on
// this or an earlier connection.
func (c *connection) spokeBefore(s model.Speaker) bool {
	return c.speaker.Process != 0 && c.speaker.Process == s.Process && !s.Outranks(c.speaker)
}

// outranks reports whether the connection is a later one of the same process.
// Either may be nil.
func (c *connection) outranks(other *connection) bool {
	return c != nil && other != nil && c.speaker.Outranks(other.speaker)
}

// full reports whether the connection may not take a registration of one more
// key.
func (c *connection) full(key model.Key, limit int) bool {
	_, lost := c.lost[key]
	return !lost && c.held+len(c.lost) >= limit
}
