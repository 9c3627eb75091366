package client

import (
	"errors"
	"sync"

	"heureka/model"
)

// ErrNoInstance: no instance that is UP matches.
var ErrNoInstance = errors.New("client: no instance is up")

// View is where a Balancer finds instances; a Subscription is one.
type View interface {
	// Snapshot returns the instances, ordered by key.
	Snapshot() []*model.Instance
	// Revision changes whenever what Snapshot returns does.
	Revision() uint64
}

// Balancer hands out the instances of a view that are UP, one after the other.
// It may be used from any goroutine.
type Balancer struct {
	view View

	mu       sync.Mutex
	fresh    bool // up is of that revision
	revision uint64
	up       []*model.Instance
	last     model.Key // handed out last
	at       int       // of the one to hand out next
}

// NewBalancer returns a balancer over a view.
func NewBalancer(view View) *Balancer { return &Balancer{view: view} }

// Pick returns the next instance that is UP. It is shared: don't change it. While
// the view stays the same each gets its turn once in a round; when it changes the
// round goes on behind the instance that was handed out last.
func (b *Balancer) Pick() (*model.Instance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	if len(b.up) == 0 {
		return nil, ErrNoInstance
	}
	picked := b.up[b.at]
	b.at = (b.at + 1) % len(b.up)
	b.last = picked.Key()
	return picked, nil
}

func (b *Balancer) refresh() {
	revision := b.view.Revision() // before the snapshot: at worst it is fetched once too often
	if b.fresh && revision == b.revision {
		return
	}
	b.fresh, b.revision = true, revision
	b.up, b.at = nil, 0
	for _, inst := range b.view.Snapshot() {
		if inst.Status != model.StatusUp {
			continue
		}
		b.up = append(b.up, inst)
		if inst.Key().Compare(b.last) <= 0 {
			b.at = len(b.up)
		}
	}
	if b.at == len(b.up) {
		b.at = 0
	}
}
