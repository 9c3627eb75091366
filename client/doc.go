// Package client is the Go SDK of Heureka: it registers instances, subscribes to
// others, and keeps doing so through the death of any node.
//
// # Registering
//
//	c, err := client.New(client.Config{
//		WriteNodes: []string{"write-1:7001", "write-2:7001", "write-3:7001"},
//		ReadNodes:  []string{"read:8761"},
//	})
//	...
//	defer c.Close()
//	r, err := c.Register(ctx, &model.Instance{
//		App: "ORDERS", ID: "o-1", Address: "10.0.0.7",
//		Ports:  []model.Port{{Name: "http", Number: 9000}},
//		Status: model.StatusStarting,
//	})
//	...
//	err = r.Update(ctx, func(in *model.Instance) { in.Status = model.StatusUp })
//	...
//	err = r.Unregister(ctx)
//
// Register, Update and Unregister return once a node has applied and acknowledged
// the words. All registrations of a Client share one websocket, whose heartbeats
// keep all of them alive. Close doesn't unregister: it leaves as a killed process
// does, and the instances go when their leases end.
//
// # Subscribing
//
//	s, err := c.Subscribe(ctx, interest.Interest{Kind: interest.App, Value: "ORDERS"})
//	...
//	for {
//		event, err := s.Next(ctx)
//		if err != nil {
//			return err
//		}
//		switch event.Type { // Added, Modified, Removed, Synced
//		...
//		}
//	}
//
// Each subscription has a websocket of its own. Its view can be read at any time
// with Snapshot and Get, with or without taking events; a [Balancer] picks from it. Events
// that nobody takes cost memory in proportion to the view, never to the number of
// changes, and hold up no one: of each instance the application is told the
// difference between what it was told last and what is there when it looks.
// Synced comes when everything that the node knew has been told.
//
// # What happens when
//
//   - A node dies, closes, or doesn't answer: the client connects to another one
//     from its list, after a pause that is evenly distributed between nothing and
//     a ceiling, which doubles from Config.BackoffBase to Config.BackoffMax with
//     each failure in a row. After a connection that was lost the first pause may be
//     as long as Config.ReconnectSpread, since thousands lose the same node at once.
//     It registers everything again with the versions
//     acknowledged last, so that nothing shows as removed, and subscribes again.
//   - A node is full and says when to come back: the next one is tried, and when all
//     have refused, the one that named the shortest time, after between half of it
//     and all.
//   - A node falls silent: after Config.SilentAfter of its heartbeat intervals
//     without a word it counts as dead, and a write node after three quarters of a
//     lease, so that another one hears of the instances in time.
//   - A node is about to stop: it says so (go-away), and the client leaves for
//     another one at the time that the node names.
//   - No node can be reached: registrations stay until their leases end and come
//     back with the first node; views stay as they are, Status says that they are
//     stale. Calls wait for as long as their context does, and say in their error
//     why there was no connection.
//   - An update is on its way when the connection breaks: it is part of what the
//     next node gets, and returns when that is acknowledged.
//   - A node can't accept an instance: Register and Update return its *wire.Error,
//     and the same words are not said again. A registration that was good once and
//     is refused later, when it is said to another node, ends: see
//     Registration.Done and Err.
//   - A node lost an instance to another client of the same key: it asks to say it
//     again, and the client does. The later word wins.
//   - A subscription reconnects: it says how far it had come, and hears what it
//     missed since. Where the node can't go on from there, it says everything anew,
//     and that is laid over the view: what stayed equal causes no event, and what is
//     gone is removed when everything has been said, not before. Status counts both.
//   - The node's count and digest differ from what the client holds: it asks for
//     everything again, then at another node. Status counts it.
//   - A node refuses interests: SetInterests returns its *wire.Error and those
//     before stay; the first ones end the subscription.
//
// # Concurrency
//
// All methods of [Client], [Registration], [Subscription] and [Balancer] may be
// called from any goroutine. Updates of one registration are made one after the
// other. A Client runs one goroutine for its registrations and one for each
// subscription, and one more to read from each connection; Close waits for all.
// Instances that a subscription hands out are shared and immutable: Clone one to
// change it. Register and Replace copy what they are given.
//
// The decisions are made by state machines without clock or I/O in the packages
// roster (registrations), mirror (subscriptions) and line (the connection under
// both); this package has the sockets, the timers and the locks.
package client
