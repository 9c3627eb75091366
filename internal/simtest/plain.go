package simtest

import (
	"errors"
	"time"

	"heureka/internal/promise"
	"heureka/model"
	"heureka/write-node/owner"
)

// plain is a client process that keeps instances registered by plain HTTP: it
// puts them at some write node and renews them there. It puts them again whenever
// it goes to another node, when a node doesn't know them, and every few renewals: a
// renewal names no word, so a node that has taken over an older one confirms that.
// One behind a balancer talks to another node with each request.
type plain struct {
	*process
	keys     []model.Key
	balanced bool
	node     *writeNode         // where it talks to
	put      map[model.Key]bool // the node has acknowledged the present word
	gone     map[model.Key]bool // to be deleted
	busy     map[model.Key]bool // a request is under way
	beat     map[model.Key]int  // renewals so far
}

func (w *world) addPlain(name string) {
	p := &plain{process: w.machine(name), balanced: w.chance(2)}
	for i := range 1 + w.random.IntN(2) {
		p.keys = append(p.keys, w.own(p.process, "orders", i))
	}
	w.plains = append(w.plains, p)
}

func (p *plain) boot() {
	p.start()
	p.w.tell(p.name, "boots")
	p.gone, p.busy = make(map[model.Key]bool), make(map[model.Key]bool)
	p.beat, p.put = make(map[model.Key]int), nil
	p.choose()
	for _, key := range p.keys {
		p.say(key)
	}
	p.every(p.w.times.heartbeat, p.renew)
	p.every(2*p.w.flavour.words, p.live)
}

// choose goes to another write node.
func (p *plain) choose() {
	p.node = p.any()
	if !p.balanced || p.put == nil {
		p.put = make(map[model.Key]bool)
	}
}

func (p *plain) any() *writeNode { return p.w.writers[p.w.random.IntN(len(p.w.writers))] }

func (p *plain) crash(lost bool) {
	if p.up {
		p.w.note("crashes", p.name)
		p.w.tell(p.name, "crashes")
		for _, key := range p.keys {
			p.w.truth[key].die()
		}
		p.stop(lost)
	}
}

// live says something new now and then, or nothing any more.
func (p *plain) live() {
	if p.w.calm {
		return
	}
	key := p.keys[p.w.random.IntN(len(p.keys))]
	switch {
	case p.w.truth[key].want != nil && p.w.chance(6):
		p.w.tell(p.name, "deletes %s", key)
		p.w.truth[key].wish(nil)
		p.gone[key] = true
	case p.w.chance(8):
		p.choose()
	default:
		p.say(key)
	}
}

func (p *plain) say(key model.Key) {
	t := p.w.truth[key]
	t.wish(p.w.compose(t))
	p.w.tell(p.name, "says word %d of %s", t.word, key)
	p.put[key], p.gone[key] = false, false
}

// renew makes the next request for each key. A word that isn't acknowledged is
// said again; it is up to this client, not to the nodes, that they come in order.
func (p *plain) renew() {
	for _, key := range p.keys {
		t := p.w.truth[key]
		switch {
		case p.busy[key]:
		case p.gone[key]:
			p.request(key, "delete", func(o *owner.Owner, now model.Moment) error { return o.DeletePlain(key, now) })
		case t.want == nil:
		case !p.put[key] || p.beat[key] >= putEvery:
			p.beat[key] = 0
			in := t.want.Clone()
			p.request(key, "put", func(o *owner.Owner, now model.Moment) error {
				_, err := o.PutPlain(in, now)
				return err
			})
		default:
			p.beat[key]++
			p.request(key, "renew", func(o *owner.Owner, now model.Moment) error { return o.RenewPlain(key, now) })
		}
	}
}

// request has one thing done by the node. What has no answer in time isn't done
// any more if it hasn't been yet.
func (p *plain) request(key model.Key, verb string, do func(*owner.Owner, model.Moment) error) {
	if p.balanced {
		p.node = p.any()
	}
	w, n, word := p.w, p.node, p.w.truth[key].word
	began, fair := w.now, w.fair(p.process, n.node)
	open := true
	p.busy[key] = true
	end := func(err error) {
		if !open {
			return
		}
		open, p.busy[key] = false, false
		if fair() && !errors.Is(err, owner.ErrBehind) && !n.wakesAnd(err) {
			promise.NewAvailability(n.name, w.times.dial, &w.report).Answered(verb, w.now-began, asWire(err))
		}
		p.answered(n, key, verb, word, err)
	}
	p.after(w.times.dial, func() { end(errors.New("no answer")) })
	run := p.run
	w.after(w.latency(), func() {
		if w.parted(p.process, n.process) {
			return
		}
		n.input(n.run, func() {
			if !open {
				return
			}
			err := n.refusal()
			if err == nil {
				err = do(n.owner, n.moment())
			}
			n.answer(func() {
				w.after(w.latency(), func() {
					if !w.parted(n.process, p.process) {
						p.input(run, func() { end(err) })
					}
				})
			})
		})
	})
}

// answered takes the answer, or that there was none. What a node says that it
// has left meanwhile doesn't count.
func (p *plain) answered(n *writeNode, key model.Key, verb string, word int, err error) {
	t := p.w.truth[key]
	p.w.note("answered", p.name, uint64(word))
	switch {
	case n != p.node && !p.balanced:
	case errors.Is(err, owner.ErrNotFound) && verb == "renew":
		p.put[key] = false
	case errors.Is(err, owner.ErrNotFound) && verb == "delete" && p.gone[key], err == nil && verb == "delete":
		p.gone[key] = false
	case err != nil:
		p.w.tell(p.name, "%s of %s at %s: %v", verb, key, p.node.name, err)
		for _, other := range p.keys {
			p.w.truth[other].held = -1
		}
		p.choose()
		p.after(retry, p.renew)
	case word == t.word && t.want != nil:
		p.put[key] = true
		if t.held < 0 {
			t.held = p.w.now
		}
		if verb == "put" {
			p.w.results.Acknowledged++
			t.confirm(word, false)
		}
	}
}

// putEvery is after how many renewals a plain client says its whole word again.
const putEvery = 3

// retry is when a plain client tries again, at another node.
const retry = 500 * time.Millisecond
