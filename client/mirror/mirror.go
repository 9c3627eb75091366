package mirror

import (
	"errors"
	"slices"
	"time"

	"heureka/client/line"
	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

// ErrDiverged is the reason to leave a node whose count and digest still differ
// from what is held after it was asked to say everything again.
var ErrDiverged = errors.New("what the node sent isn't what it says is held")

// Config is what a Mirror needs to know. Limits must be positive.
type Config struct {
	line.Config

	// Client is the client's name and release, for the node's logs.
	Client string
	// Fence is how long an older version than the one shown stays hidden.
	Fence time.Duration
	// Pace is the shortest time between two frames that is asked of nodes; 0: none.
	Pace time.Duration
}

// DefaultConfig returns the defaults.
func DefaultConfig() Config {
	return Config{Config: line.DefaultConfig(), Client: "heureka-go", Fence: time.Minute}
}

// Mirror holds what one subscription shows.
type Mirror struct {
	cfg    Config
	line   line.Line
	format wire.Format // of the present connection
	node   string      // name of the present one
	limit  int         // bytes of one message that the node takes; 0: it named none
	stale  bool        // the node says that it is cut off
	failed error       // the node refused the interests for good

	asks
	resume

	held   map[model.Key]*record
	digest uint64                      // sum of the hashes said
	fenced map[model.Key]time.Duration // whose said is older than their shown, since when

	snapshots uint64 // counts them; records carry the one they were last put in
	replacing bool   // between a Snapshot and its Synced
	level     bool   // this connection has said everything once
	repairing bool   // asked again because of a difference
	synced    bool   // the view has been complete once
	repairs   uint64 // differences found
	revision  uint64 // of the view: counts what changed in it

	queue  queue
	frames [][]byte
}

// record is what is held of one key. Shown is what the application sees, said
// what the node put last; they differ only while said is fenced.
type record struct {
	shown, said value
	snapshot    uint64 // the newest one that put it
}

// value is one state of a key.
type value struct {
	instance *model.Instance
	hash     uint64
	version  model.Version // zero if this release can't read it
}

// New returns an empty mirror of what matches any of the interests.
func New(cfg Config, interests []interest.Interest) *Mirror {
	return &Mirror{
		cfg:    cfg,
		line:   line.New(cfg.Config),
		asks:   asks{want: slices.Clone(interests), seq: 1},
		held:   make(map[model.Key]*record),
		fenced: make(map[model.Key]time.Duration),
		queue:  newQueue(),
	}
}

// Get returns what is shown of a key, nil if nothing. It is shared and immutable.
func (m *Mirror) Get(key model.Key) *model.Instance {
	if r := m.held[key]; r != nil {
		return r.shown.instance
	}
	return nil
}

// All returns what is shown, ordered by key. The instances are shared and
// immutable, the slice is the caller's.
func (m *Mirror) All() []*model.Instance {
	out := make([]*model.Instance, 0, len(m.held))
	for _, r := range m.held {
		out = append(out, r.shown.instance)
	}
	slices.SortFunc(out, func(a, b *model.Instance) int { return a.Key().Compare(b.Key()) })
	return out
}

// Revision counts the changes of what is shown: as long as it stays the same, so
// does All.
func (m *Mirror) Revision() uint64 { return m.revision }

// Next takes the next event, false if there is none to tell.
func (m *Mirror) Next() (Event, bool) { return m.queue.next(m.shown) }

// Status tells how a subscription stands.
type Status struct {
	// Synced says that the view has been complete at least once.
	Synced bool
	// Level says that the present connection has said everything at least once.
	Level bool
	// Stale says that the view may be old: there is no level connection, or the
	// node told that it is itself cut off.
	Stale bool
	// Node is the name of the node; empty while there is none.
	Node string
	// Count is the number of instances shown, Pending that of the events to tell.
	Count, Pending int
	// Repairs counts how often the node's count and digest differed from what
	// was held.
	Repairs uint64
	// Resumes counts connections that went on from where an earlier one was,
	// Refusals those whose node said why it couldn't.
	Resumes, Refusals uint64
}

// Status returns how the subscription stands.
func (m *Mirror) Status() Status {
	return Status{
		Synced:  m.synced,
		Level:   m.level,
		Stale:   m.stale || !m.level,
		Node:    m.node,
		Count:   len(m.held),
		Pending: m.queue.len(),
		Repairs: m.repairs,

		Resumes:  m.resumes,
		Refusals: m.refusals,
	}
}

func (m *Mirror) shown(key model.Key) value {
	if r := m.held[key]; r != nil {
		return r.shown
	}
	return value{}
}
