package simtest

// dial opens a connection to a node. Nothing at all may come of it; otherwise
// done is called, with the client's end or with why the node refuses. It reports
// whether the client still wants it.
func (w *world) dial(p *process, n *node, done func(*end, error) bool) {
	run := p.run
	answer := func(e *end, err error) {
		w.after(w.latency(), func() {
			if w.parted(n.process, p) {
				return // the node will wait for a first word in vain
			}
			p.input(run, func() {
				if !done(e, err) && e != nil {
					e.close()
				}
			})
		})
	}
	w.after(w.latency(), func() {
		switch {
		case w.parted(p, n.process), !n.up && n.silent, !p.alive(run):
		case !n.up:
			answer(nil, errRefused)
		default:
			n.input(n.run, func() {
				if err := n.refusal(); err != nil {
					answer(nil, err)
					return
				}
				mine, theirs := w.connect(p, n.process)
				n.body.accept(theirs)
				answer(mine, nil)
			})
		}
	})
}
