package owner

import (
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/write-node/lease"
)

// Owner owns the registrations of one write node. See the package comment for
// who may use it.
type Owner struct {
	cfg           Config
	replica       *cluster.Replica
	leases        *lease.Table
	registrations map[model.Key]*registration
	conns         map[ConnID]*connection
	forwards      forwards
	outbox        []cluster.Outgoing // messages that the replica knows nothing of
	behind        bool               // the replica was, at the last tick
	cutOff        bool               // likewise
	mismatches    uint64             // of digests, at the last tick
	ticks         bool               // there was a tick
	ticked        time.Duration      // when the last one was
	wakesUntil    time.Duration      // what comes before may have waited for the node to go on
	counts        Counts
}

// registration is this node's hold on one key.
type registration struct {
	lease.Lease
	conn  *connection     // who renews it; nil: plain HTTP, or nobody since it was adopted
	entry *registry.Entry // what this node authored last for the key
	copy  bool            // of a word that this node hasn't drawn, or had lost
}

// word returns the time of the client's last word.
func (r *registration) word() model.Time { return r.entry.Version.Time }

// New returns the owner of what the replica's incarnation authors. Nobody else
// may author through the replica.
func New(cfg Config, replica *cluster.Replica) *Owner {
	return &Owner{
		cfg:           cfg,
		replica:       replica,
		leases:        lease.New(cfg.Eviction),
		registrations: make(map[model.Key]*registration),
		conns:         make(map[ConnID]*connection),
		forwards:      newForwards(cfg.ForwardEvery),
	}
}

// Replica returns the replica that the owner drives.
func (o *Owner) Replica() *cluster.Replica { return o.replica }

// Leases returns the table of leases, for its statistics and to be watched.
func (o *Owner) Leases() *lease.Table { return o.leases }

// Get returns an instance as it is shown, whoever owns it, or ErrNotFound.
func (o *Owner) Get(key model.Key) (*model.Instance, model.Version, error) {
	inst, version, err := o.Shown(key)
	return inst.Unpack(), version, err
}

// Shown is Get for who needs little of the instance.
func (o *Owner) Shown(key model.Key) (model.Packed, model.Version, error) {
	cur, err := o.living(key)
	if err != nil {
		return model.Packed{}, model.Version{}, err
	}
	inst, version, _ := registry.Merged(cur, o.replica.Map().Override(key))
	return inst, version, nil
}

// living returns the living entry of a key, whoever owns it, or ErrNotFound.
func (o *Owner) living(key model.Key) (*registry.Entry, error) {
	if cur := o.replica.Map().Get(key); cur.Live() {
		return cur, nil
	}
	return nil, ErrNotFound
}

// ours reports whether an entry is a living one of this incarnation.
func (o *Owner) ours(e *registry.Entry) bool { return e.Live() && e.Owner() == o.replica.Self() }

// say authors a client's new word: above all that this node holds and above a
// time that the client carries. C is the connection that it came through, nil for
// plain HTTP. It returns nil when the clock has come to its end, see ErrClock.
func (o *Owner) say(now model.Moment, key model.Key, inst model.Packed, hash uint64, above model.Time, c *connection) *registry.Entry {
	return o.replica.Put(now, key, inst, hash, model.Version{
		Time:        o.replica.Draw(now, above),
		Incarnation: o.replica.Self(),
	}, c.says())
}

// repeat authors the same word once more; nil if it doesn't win.
func (o *Owner) repeat(now model.Moment, e *registry.Entry, turn uint32) *registry.Entry {
	return o.replica.Put(now, e.Key, e.Instance, e.Hash, model.Version{
		Time:        e.Version.Time,
		Turn:        turn,
		Incarnation: o.replica.Self(),
	}, e.Speaker)
}

// end authors the tombstone of an unregister: it ends the client's word of that
// time, whoever authored it last. C is the connection that it came through, nil
// for plain HTTP. It returns nil if the map holds a later end, or a later word.
func (o *Owner) end(now model.Moment, key model.Key, word model.Time, c *connection) *registry.Entry {
	return o.replica.Entomb(now, key, model.Version{
		Time:        word,
		Turn:        model.TurnEnd,
		Incarnation: o.replica.Self(),
	}, c.says())
}

// bind makes an entry that was just authored, or confirmed, the registration of
// a connection, of plain HTTP or of nobody (conn nil), and grants its lease anew.
// An adopted one is a copy, an own one isn't.
func (o *Owner) bind(now model.Moment, e *registry.Entry, conn *connection, class lease.Class) *registration {
	return o.bindFor(now, e, e.Instance.Lease(), conn, class)
}

// bindFor is bind for who has the instance's lease at hand.
func (o *Owner) bindFor(now model.Moment, e *registry.Entry, asked model.Lease, conn *connection, class lease.Class) *registration {
	r := o.registrations[e.Key]
	if r == nil {
		r = &registration{Lease: lease.Lease{Key: e.Key}}
		o.registrations[e.Key] = r
	}
	if r.conn != conn {
		r.conn.loses(r, conn)
		conn.gains(r)
	}
	r.entry, r.copy = e, class == lease.Adopted
	o.leases.Grant(now.Mono, &r.Lease, conn.leaseHolder(), class, o.duration(asked))
	return r
}

// drop ends a registration. If its connection is open, its client may want to
// know.
func (o *Owner) drop(now model.Moment, r *registration) {
	o.leases.Drop(now.Mono, &r.Lease)
	delete(o.registrations, r.Key)
	r.conn.loses(r, nil)
	r.conn = nil
}

func (o *Owner) duration(l model.Lease) time.Duration {
	if d := l.Duration(); d > 0 {
		return d
	}
	return o.cfg.Lease
}
