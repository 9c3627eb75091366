package simtest

// split parts everyone into two sides.
func (w *world) split() {
	sides := make([]bool, len(w.processes))
	for i := range sides {
		sides[i] = w.chance(2)
	}
	w.tell("world", "splits")
	w.part(func(p *process) bool { return sides[p.host] })
}

// isolate cuts one machine off.
func (w *world) isolate() {
	alone := w.anyProcess()
	if w.chance(2) {
		alone = w.anyNode().process
	}
	w.tell("world", "%s is cut off", alone.name)
	w.part(func(p *process) bool { return p == alone })
}

// oneWay lets nothing through from one machine to another.
func (w *world) oneWay() {
	a, b := w.anyProcess(), w.anyProcess()
	w.tell("world", "nothing gets from %s to %s", a.name, b.name)
	if a != b {
		w.cut[a.host][b.host] = true
	}
}

// mute lets nothing through from one machine, or to it.
func (w *world) mute() {
	a, deaf := w.anyNode(), w.chance(2)
	w.tell("world", "%s is mute or deaf: %v", a.name, deaf)
	for _, b := range w.processes {
		if deaf && b != a.process {
			w.cut[b.host][a.host] = true
		} else if b != a.process {
			w.cut[a.host][b.host] = true
		}
	}
}
