// Package level decides how many of its subscribers a read node asks to go
// elsewhere, so that a fleet of read nodes becomes level behind a balancer that
// only ever places new connections: a node that has joined would otherwise stay
// empty for as long as connections live.
//
// A [Level] belongs to one node. It looks at a [Picture], what the node knows of
// itself and hears of the others, about once a second, and answers with a number
// of sessions:
//
//	beacons of the others ─┐
//	own sessions ──────────┼─▶ Look ─▶ so many go now
//	time ──────────────────┘     ▲
//	                  Asked ─────┘ so many were found to go
//
// The fleet is level when every node is within a tolerance of the average. While
// it isn't, the nodes above it shed: down to the tolerance, or to the average
// itself while another node is as far below. No node sheds more than it has above
// the average, so together they never shed more than is missing elsewhere. They do so
// slowly, and only when the picture has been calm for a while.
//
// Where those go that are asked is the balancer's business. One that places
// blindly sends most of them back to full nodes, so they move several times until
// the fleet is level. One that always sends them back makes shedding useless: a
// [Level] looks every so often whether what it did brought anything, and if not
// waits, each time twice as long.
//
// The package is pure and knows nothing of sessions but their number. A Level
// belongs to one goroutine.
package level
