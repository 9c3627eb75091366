package simtest

import (
	"math/rand/v2"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/wire"

	"github.com/google/uuid"
)

// tickEvery is how often a node's time goes on: more rarely than in production,
// which costs nothing but time.
const (
	storeEvery = 2 * time.Second // how much of a lost machine's disk is lost
	judgeEvery = 500 * time.Millisecond
)

const tickEvery = 100 * time.Millisecond

// node is one machine of the cluster, whose incarnations come and go.
type node struct {
	*process
	role    cluster.Role
	skew    time.Duration // of its wall clock
	self    model.Incarnation
	replica *cluster.Replica
	body    body

	draining bool
	twin     *twin
	shown    *shown
	disk     *disk // nil: it has none, or nothing on it
}

// body is what makes a node a write or a read node.
type body interface {
	// begin builds what drives the replica of a new incarnation.
	begin(r *cluster.Replica)
	receive(m cluster.Message, now model.Moment)
	tick(now model.Moment)
	// take returns what is to be done outside after a batch of inputs.
	take(now model.Moment) (messages []cluster.Outgoing, changes []model.Change)
	// published tells that the messages are on their way.
	published()
	// accept begins a connection.
	accept(e *end)
	// farewell asks all clients to go elsewhere; dismiss ends their connections.
	farewell()
	dismiss()
}

// boot starts a new incarnation.
func (n *node) boot() {
	w := n.w
	n.start()
	w.runs++
	n.self = model.Incarnation{Name: n.name, ID: uuid.UUID{0: byte(w.random.IntN(256)), 15: w.runs}}
	n.replica = cluster.New(w.times.cluster(len(w.writers)), n.self, n.role, n.name+":80", rand.New(rand.NewPCG(w.random.Uint64(), 0)))
	n.draining = false
	n.twin, n.shown = newTwin(), newShown()
	n.body.begin(n.replica)
	n.process.settle = n.follow
	n.input(n.run, func() {
		if n.disk.restore(n) {
			w.tell(n.name, "starts with %d entries of its disk", n.replica.Map().Live())
		}
	})
	n.every(tickEvery, n.tick)
	w.note("boots", n.name, uint64(w.runs))
	w.tell(n.name, "boots as %s", n.self)
}

func (n *node) tick() { n.body.tick(n.moment()) }

// moment is time as this node sees it.
func (n *node) moment() model.Moment {
	const someday = 1_800_000_000_000_000
	return model.Moment{Mono: n.mono() + time.Millisecond, Wall: someday + (n.w.now + n.skew).Microseconds()}
}

// refusal says why the node takes no clients; nil if it does.
func (n *node) refusal() error {
	switch {
	case n.draining:
		return wire.NewError(wire.CodeDraining, "this node stops")
	case !n.replica.Ready():
		return wire.NewError(wire.CodeNotReady, "this node hasn't got the whole registry yet")
	default:
		return nil
	}
}

// follow does what came of the inputs: it sends, looks at what the view shows,
// and only then lets clients be acknowledged.
func (n *node) follow() {
	w := n.w
	messages, changes := n.body.take(n.moment())
	w.collect(n, messages)
	for _, o := range messages {
		w.send(n, o)
	}
	for _, c := range changes {
		w.note("change", n.name, c.Number, uint64(c.Kind), c.Hash)
		n.shown.watch(n, c)
	}
	n.twin.check(n)
	n.bounds()
	n.body.published()
}

// crash ends the incarnation without a word of its own. Lost says that the
// machine went with it: nobody's connection is closed, and what its disk got
// last may be gone.
func (n *node) crash(lost bool) {
	if !n.up {
		return
	}
	n.w.note("crashes", n.name)
	n.w.tell(n.name, "crashes, machine lost: %v", lost)
	if !lost {
		n.store()
	}
	n.stop(lost)
}

// leave stops the node gracefully.
func (n *node) leave() {
	if !n.up || n.draining {
		return
	}
	n.w.note("leaves", n.name)
	n.w.tell(n.name, "drains")
	n.draining = true
	n.body.farewell()
	n.after(drainTime, func() {
		n.body.dismiss()
		n.replica.Leave(n.moment())
		n.follow()
		n.store()
		n.w.tell(n.name, "leaves")
		n.stop(false)
	})
}

const (
	drainTime   = 3 * time.Second
	drainSpread = time.Second
)
