package api

import (
	"heureka/model"
	"heureka/wire"
	"heureka/write-node/owner"
)

// exchange is some messages of a client and what they are answered, on their way
// through the owner's goroutine and back. One that has been answered is used again:
// at many thousands a second their memory would be most of what is left as garbage.
type exchange struct {
	session *session
	items   []item
	batch
	acks []wire.Ack // what those among the answers point to

	apply func(*owner.Owner, model.Moment) // its methods, as values that are made once
	done  func()
}

// maxItems is up to how many messages an exchange is used again.
const maxItems = 16

// exchange returns one without messages.
func (a *API) exchange() *exchange { return a.exchanges.Get().(*exchange) }

func newExchange() any {
	x := &exchange{}
	x.apply = func(o *owner.Owner, now model.Moment) { x.session.apply(o, x, now) }
	x.done = x.answered
	return x
}

func (x *exchange) say(m wire.Message) { x.answers = append(x.answers, m) }

func (x *exchange) ack(a wire.Ack) {
	x.acks = append(x.acks, a)
	x.say(&x.acks[len(x.acks)-1]) // stays where it is, also if more room is made for later ones
}

// answered has the answers said, and gives the exchange back. Who says them later
// keeps their memory.
func (x *exchange) answered() {
	pool := &x.session.api.exchanges
	if said := x.session.deliver(x.batch); !said {
		x.answers, x.acks = nil, nil
	}
	x.session, x.last = nil, nil
	if max(cap(x.items), cap(x.answers)) > maxItems {
		return
	}
	clear(x.items)
	clear(x.answers)
	clear(x.acks)
	x.items, x.answers, x.acks = x.items[:0], x.answers[:0], x.acks[:0]
	pool.Put(x)
}
