package main

import (
	"context"
	"fmt"
)

// dialing is how many connections are opened at the same time.
const dialing = 64

// connect opens all connections and starts what receives on them.
func (l *load) connect(write, read []string) error {
	dialers := newGroup(l.group.ctx)
	defer dialers.end()
	tickets := make(chan struct{}, dialing)
	all := newGate(l.Subscribers + l.Connections)
	dial := func(open func(ctx context.Context) error) error {
		select {
		case tickets <- struct{}{}:
		case <-dialers.ctx.Done():
			return context.Cause(dialers.ctx)
		}
		dialers.run(func(ctx context.Context) error {
			defer func() { <-tickets }()
			if err := open(ctx); err != nil {
				return err
			}
			all.arrive()
			return nil
		})
		return nil
	}

	l.subscribers = make([]*subscriber, l.Subscribers)
	for i := range l.subscribers {
		err := dial(func(ctx context.Context) (err error) {
			name := fmt.Sprintf("subscriber %d", i)
			l.subscribers[i], err = subscribe(ctx, l.config, read[i%len(read)], name, appName(l.mark, i%l.Apps), l.since, l.seen)
			return err
		})
		if err != nil {
			return err
		}
	}
	l.publishers = make([]*publisher, l.Connections)
	for i, services := range l.share() {
		err := dial(func(ctx context.Context) (err error) {
			name := fmt.Sprintf("publisher %d", i)
			l.publishers[i], err = newPublisher(ctx, l.config, write[i%len(write)], name, services, l.since, l.acked)
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := dialers.await(all.open); err != nil {
		return err
	}
	for _, s := range l.subscribers {
		l.group.run(s.receive)
	}
	for _, p := range l.publishers {
		l.group.run(p.receive)
	}
	return nil
}

// share makes the services and deals them out to the connections.
func (l *load) share() [][]*service {
	shares := make([][]*service, l.Connections)
	for n := range l.Services {
		i := n % l.Connections
		shares[i] = append(shares[i], newService(l.config, l.mark, n))
	}
	return shares
}

// disconnect ends the test and closes what is open.
func (l *load) disconnect() {
	l.group.end()
	for _, s := range l.subscribers {
		if s != nil {
			s.channel.Close()
		}
	}
	for _, p := range l.publishers {
		if p != nil {
			p.close()
		}
	}
}
