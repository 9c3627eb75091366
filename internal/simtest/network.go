package simtest

import (
	"time"

	"heureka/cluster"
	"heureka/wire"
)

// send passes a message between nodes through the network, to everyone it is
// for: as bytes, at most once each unless it is doubled, in any order.
func (w *world) send(from *node, o cluster.Outgoing) {
	packet, err := wire.EncodePacket(o.Message)
	if err != nil {
		w.wrong(from.name, "encode: %v", err)
		return
	}
	for _, to := range w.nodes {
		if to == from || !to.up || !o.To.IsZero() && to.self != o.To {
			continue
		}
		for range w.copies(from, to) {
			w.deliver(from, to, packet, w.travel())
		}
	}
}

// copies is how many of a packet arrive.
func (w *world) copies(from, to *node) int {
	switch {
	case w.parted(from.process, to.process), !w.calm && w.random.Float64() < w.drop:
		return 0
	case !w.calm && w.flavour.disorder && w.chance(50):
		return 2
	default:
		return 1
	}
}

// travel is how long a packet is on its way. Most take milliseconds; where there
// is disorder some take seconds, so that others overtake them.
func (w *world) travel() time.Duration {
	d := time.Duration(1+w.random.IntN(15)) * time.Millisecond
	if !w.calm && w.flavour.disorder && w.chance(50) {
		d += time.Duration(w.random.IntN(3000)) * time.Millisecond
	}
	return d
}

func (w *world) deliver(from, to *node, packet []byte, delay time.Duration) {
	run := to.run
	w.after(delay, func() {
		to.input(run, func() {
			m, err := wire.DecodePacket(packet)
			if err != nil {
				w.wrong(to.name, "decode: %v", err)
				return
			}
			w.note("packet", to.name, uint64(from.host), uint64(len(packet)))
			to.body.receive(m, to.moment())
		})
	})
}

// part cuts the network in two.
func (w *world) part(side func(*process) bool) {
	for _, a := range w.processes {
		for _, b := range w.processes {
			if side(a) != side(b) {
				w.cut[a.host][b.host] = true
			}
		}
	}
}

// whole ends all partitions.
func (w *world) whole() {
	for _, row := range w.cut {
		clear(row)
	}
}

// joined reports whether everything gets through between two processes, both
// ways.
func (w *world) joined(a, b *process) bool { return !w.parted(a, b) && !w.parted(b, a) }
