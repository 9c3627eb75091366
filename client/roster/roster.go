package roster

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"heureka/client/line"
	"heureka/model"
	"heureka/wire"
)

// Conditions that an application's wish may meet.
var (
	ErrRegistered    = errors.New("the instance is registered already")
	ErrNotRegistered = errors.New("the instance isn't registered")
)

// Config is what a Roster needs to know. Limits must be positive.
type Config struct {
	line.Config

	// Process names the run of the client's process in each hello.
	Process string
	// Client is the client's name and release, for the node's logs.
	Client string
	// MaxInFlight is how many messages may wait for their answer at once. It keeps
	// the answers to a burst small enough for the socket's buffers.
	MaxInFlight int
	// MaxFrame is how many bytes of messages share one frame. A longer message
	// has a frame of its own; the node's own limit of one message holds as well.
	MaxFrame int
	// Pause is how long to wait before saying again what the node refused for now.
	Pause time.Duration
	// MaxEnded is how many keys that are unregistered the roster remembers with
	// their last version, so that a later word comes after that at any node. At
	// the limit it forgets them all: a version is only ever a help.
	MaxEnded int
}

// DefaultConfig returns the configuration for a process.
func DefaultConfig(process string) Config {
	return Config{
		Config:      line.DefaultConfig(),
		Process:     process,
		Client:      "heureka-go",
		MaxInFlight: 256,
		MaxFrame:    64 << 10,
		Pause:       time.Second,
		MaxEnded:    1024,
	}
}

// Roster holds the registrations of one client, all on one connection.
type Roster struct {
	cfg           Config
	registrations map[model.Key]*registration
	ended         map[model.Key]string // versions last acknowledged of what is no more
	wishes        uint64               // counts them
	connections   uint64

	line     line.Line
	format   wire.Format        // of the present connection
	node     string             // name of the present one
	seq      uint64             // of the last message on this connection
	limit    int                // bytes of one message that the node takes
	flights  map[uint64]*flight // by seq
	queue    []*registration    // to be looked at
	paused   []*registration    // refused for now
	resumeAt time.Duration      // when they are looked at again

	frames  [][]byte
	settled []Settled
}

// registration is a goal beside what the nodes are known to hold.
type registration struct {
	key model.Key
	id  uint64 // the wish that began it; a new connection hears of them in this order

	// The goal.
	want *model.Instance
	gone bool   // instead of want
	wish uint64 // the newest one

	// next is wanted once this one is gone: the application registered the key
	// again before the nodes had acknowledged that it is unregistered.
	next *registration

	// What is known.
	said    bool            // some node may hold it
	here    bool            // this connection registered it, and it holds acked
	unsure  bool            // some node may hold a later word than acked and version
	acked   *model.Instance // content acknowledged last; nil: none ever
	version string          // likewise

	flight *flight // about it, on its way
	queued bool
}

// flight is a message that waits for its answer.
type flight struct {
	registration *registration
	kind         kind
	content      *model.Instance // that it makes the node hold
	wish         uint64          // the newest one that it fulfils
}

type kind uint8

const (
	register kind = iota
	update
	unregister
)

// New returns a roster without registrations and without a connection.
func New(cfg Config) *Roster {
	return &Roster{
		cfg:           cfg,
		registrations: make(map[model.Key]*registration),
		ended:         make(map[model.Key]string),
		line:          line.New(cfg.Config),
	}
}

// Register wants an instance registered. The roster keeps the pointer; nobody
// changes the instance from now on. The number of this wish also identifies the
// registration in each Settled. A key that is about to be unregistered is registered after that. ErrRegistered: it
// is there already.
func (r *Roster) Register(inst *model.Instance) (wish uint64, err error) {
	key := inst.Key()
	if r.live(key) != nil {
		return 0, fmt.Errorf("%w: %s", ErrRegistered, key)
	}
	reg := &registration{key: key, id: r.wishes + 1}
	if leaving := r.registrations[key]; leaving != nil {
		leaving.next = reg
	} else {
		reg.version = r.ended[key]
		delete(r.ended, key)
		r.registrations[key] = reg
	}
	return r.wishFor(reg, inst), nil
}

// Update wants a registration to say inst from now on. Of several updates that
// haven't been said yet only the newest is. A refused one takes those with it
// that were made on top of it.
func (r *Roster) Update(inst *model.Instance) (wish uint64, err error) {
	reg := r.live(inst.Key())
	if reg == nil {
		return 0, fmt.Errorf("%w: %s", ErrNotRegistered, inst.Key())
	}
	return r.wishFor(reg, inst), nil
}

// Unregister wants a registration gone. What no node has heard of goes at once.
func (r *Roster) Unregister(key model.Key) (wish uint64, err error) {
	reg := r.live(key)
	if reg == nil {
		return 0, fmt.Errorf("%w: %s", ErrNotRegistered, key)
	}
	reg.gone = true
	wish = r.wishFor(reg, reg.want)
	if !reg.said {
		r.end(reg, nil)
	}
	return wish, nil
}

// live returns the registration of a key that isn't about to go.
func (r *Roster) live(key model.Key) *registration {
	reg := r.registrations[key]
	for reg != nil && reg.gone {
		reg = reg.next
	}
	return reg
}

func (r *Roster) wishFor(reg *registration, inst *model.Instance) uint64 {
	r.wishes++
	reg.want, reg.wish = inst, r.wishes
	r.keepUp(inst)
	r.touch(reg)
	r.say()
	return reg.wish
}

// keepUp speaks often enough for the instance's own lease, and waits for the node
// no longer than that allows.
func (r *Roster) keepUp(inst *model.Instance) {
	r.line.Shorten(interval(inst))
	r.line.Within(patience(inst.Lease.Duration()))
}

// patience is how long a node may be silent under a lease: so that another one
// hears of the instance before the lease ends, which began when the silence did.
func patience(lease time.Duration) time.Duration { return lease * 3 / 4 }

// interval is how often the client must speak for the instance's own lease.
func interval(inst *model.Instance) time.Duration {
	renewal, third := inst.Lease.Renewal(), inst.Lease.Duration()/3
	if renewal > 0 && third > 0 {
		return min(renewal, third)
	}
	return max(renewal, third)
}

// Want returns the instance that a registration is to say, nil if there is none.
// It is shared and immutable.
func (r *Roster) Want(key model.Key) *model.Instance {
	if reg := r.live(key); reg != nil {
		return reg.want
	}
	return nil
}

// Status tells how a registration stands.
type Status struct {
	// Held says that the node of the present connection has acknowledged it.
	Held bool
	// Version is the one acknowledged last, by any node; opaque, empty before the first.
	Version string
	// Node is the name of the node that it is held by, or being said to; empty
	// while there is no connection.
	Node string
}

// Status returns how a registration stands; false if there is none, or it is
// about to go.
func (r *Roster) Status(key model.Key) (Status, bool) {
	reg := r.live(key)
	if reg == nil {
		return Status{}, false
	}
	return Status{Held: reg.here, Version: reg.version, Node: r.node}, true
}

// Len returns how many registrations there are, those that are leaving included.
func (r *Roster) Len() int { return len(r.registrations) }

// byBirth lists the registrations in the order in which they came.
func (r *Roster) byBirth() []*registration {
	all := make([]*registration, 0, len(r.registrations))
	for _, reg := range r.registrations {
		all = append(all, reg)
	}
	slices.SortFunc(all, func(a, b *registration) int { return cmp.Compare(a.id, b.id) })
	return all
}
