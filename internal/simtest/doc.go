// Package simtest runs the whole system in one goroutine and in virtual time:
// write nodes with their leases, read nodes with their hubs, clients and
// subscribers with the SDK's state machines, all of it the real thing. What is
// simulated is what is around them: machines, clocks, disks, the network between
// nodes, and connections. Every message is encoded and decoded as on the wire.
//
//	service (client/roster) ─┐ streams   ┌ writeNode (owner, lease) ─┐
//	plain (HTTP)            ─┼──────────▶│                           │ packets
//	subscriber (mirror)     ─┘ in order, └ readNode (replica, hub) ──┘ lost, late,
//	                           or cut                                  double, disordered
//
// A run is decided by its seed: [Run] with the same seed does the same, event by
// event, and [Results.Digest] shows it. The seed chooses a flavour (flavours.go):
// which faults there are, how often, and how many packets are lost. For 40 to 60
// seconds there are new words, changes of interest, overrides and faults; then all
// faults end, what is down comes back, but for some clients, and everything has to
// come to rest.
//
// # What is judged
//
// By the names of internal/promise, all the time and in every run:
//
//   - Gapless: each map is what its vector says, compared with a twin that
//     recomputes it from all that was ever authored (gapless.go), and bears nothing
//     of an incarnation that has departed from its vector; and each
//     subscriber holds what the node counts (promise.Session, as are the next two
//     for subscribers);
//   - Ordered, Unique: each view's changes are numbered without a gap, fit what was
//     shown before and say something new (shown.go);
//   - Filtered: no subscriber is told anything outside its interests;
//   - Fenced: no view goes back to an older version, nor does what an application
//     sees across its connections, as long as the fence of its mirror lasts
//     (fenced.go), nor what one run of a client is acknowledged for one key
//     (service.go);
//   - Available: a node that is ready and within reach all the time answers in time
//     (plain.go, subscriber.go), and nothing that a client says is refused for good;
//   - Kept: see keeping in kept.go, which says when a registration must be shown,
//     and times.back for how soon;
//   - Preserved: evictions keep to the quota and end, as promise.Preserver reckons
//     (preserved.go), and are held only for a reason that there is, and for no longer
//     than that allows (reasons.go);
//   - Bounded: frames, and what a replica says waits in it (bounded.go);
//   - Convergent: at rest all maps are equal, no owner is gone, and every view and
//     every mirror shows what clients hold registered (rest.go).
//
// In restarts the dead depart within seconds. What one of them had ended may be
// missing at a node that never heard of it, without a tombstone to say why: there
// Gapless is excused, whether or not it is this end that the node was told of.
//
// Isolated isn't judged here: virtual time knows no delay by work.
//
// # What remains
//
// What no promise excludes and nobody likes is counted (flaps.go), by what it comes
// from. A flap is an instance that a witness, a subscriber to everything, sees go
// and come back though its client lived and hadn't unregistered it; an older word
// is one shown after a newer one. The sums stand in the test's output; where 50 runs
// of a flavour or more were made, they must stay below its ceilings (ceilings.go),
// about twice what is measured. They are, by name:
//
//   - The lease ended: nothing of the client reached its node for a lease, because
//     of a partition or of faults that follow each other, and the quota let the
//     instance go. By far the most.
//   - A copy went before its client came back: its owner died, or was cut off
//     together with its client, and the heir's lease ended. Then only the heir's
//     side of the partition sees it go.
//   - Every node that had it died, within seconds of its being said, or all of them
//     at once without their disks. The client brings it back.
//   - A subscriber lost its reader and came to one that is behind: for as long as
//     that takes to catch up, what is new isn't there. Its token has it wait, but
//     not for ever, and knows nothing of what it heard since.
//   - The word of an earlier connection, which reached a node late and is shown,
//     after the client has unregistered through the next one, until the node that
//     heard that says so again. Where the instance is still registered, views keep
//     such a word back.
//   - The word of an earlier run of a client, or one of plain HTTP: neither carries
//     a version, so a node that doesn't know of the newer one, and whose clock is
//     ahead, puts the older one above it until the client speaks again.
//   - A renewal by plain HTTP names no word. A node that took over an older one
//     confirms that, until the client puts the newer one again: it should do so
//     every few renewals.
//   - What ended while a node was cut off for longer than tombstones are remembered
//     comes back with it for as long as that node's lease lasts. Views can't tell
//     it from a new word, so Ordered is excused there, and only there
//     (world.excused).
//
// # To see more
//
// A seed that fails is run again with its last events told. More of them, or one
// flavour only:
//
//	go test -v ./internal/simtest -args -sim.seed=46 -sim.trace=500
//	go test -v ./internal/simtest -args -sim.flavour=loss -sim.runs=200
//
// # To add something
//
// A fault is a method of world in faults.go or faults_network.go, and a line in
// the mixes of the flavours that are to have it. A judge reads what it needs where
// it happens, fails by world.fail, and is named above. The judges must not use what they judge
// to find out what is right.
package simtest
