package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"heureka/client"
	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

// Register an instance, change its status, and leave.
func Example_register() {
	node := exampleWriteNode()
	defer node.stop()

	c, err := client.New(client.Config{WriteNodes: []string{node.addr}})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	r, err := c.Register(ctx, &model.Instance{
		App:     "ORDERS",
		ID:      "o-1",
		Address: "10.0.0.7",
		Ports:   []model.Port{{Name: "http", Number: 9000}},
		Status:  model.StatusStarting,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Key(), "registered:", r.Status().Registered)

	err = r.Update(ctx, func(in *model.Instance) { in.Status = model.StatusUp })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("status:", r.Instance().Status)

	if err := r.Unregister(ctx); err != nil {
		log.Fatal(err)
	}
	<-r.Done()
	fmt.Println(errors.Is(r.Err(), client.ErrUnregistered))

	// Output:
	// ORDERS/o-1 registered: true
	// status: UP
	// true
}

// Subscribe to the instances of an application, and follow what happens to them.
func Example_subscribe() {
	node := exampleReadNode()
	defer node.stop()

	c, err := client.New(client.Config{ReadNodes: []string{node.addr}})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	s, err := c.Subscribe(ctx, interest.Interest{Kind: interest.App, Value: "ORDERS"})
	if err != nil {
		log.Fatal(err)
	}
	for {
		event, err := s.Next(ctx)
		if err != nil {
			log.Fatal(err)
		}
		switch event.Type {
		case client.Added, client.Modified:
			fmt.Println(event.Type, event.Instance.Key(), event.Instance.Status)
		case client.Removed:
			fmt.Println(event.Type, event.Instance.Key())
		case client.Synced:
			fmt.Println("complete:", len(s.Snapshot()))
			return // or go on, for as long as it matters
		}
	}

	// Output:
	// added ORDERS/o-1 UP
	// added ORDERS/o-2 UP
	// complete: 2
}

// Pick the instances that are up in turn.
func ExampleBalancer() {
	node := exampleReadNode()
	defer node.stop()

	c, err := client.New(client.Config{ReadNodes: []string{node.addr}})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	s, err := c.Subscribe(ctx, interest.Interest{Kind: interest.App, Value: "ORDERS"})
	if err != nil {
		log.Fatal(err)
	}
	if err := s.Synced(ctx); err != nil {
		log.Fatal(err)
	}
	instance, err := client.NewBalancer(s).Pick()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("call", instance.App)

	// Output:
	// call ORDERS
}

// exampleFailer stands in for a test.
type exampleFailer struct{}

func (exampleFailer) Helper()                           {}
func (exampleFailer) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// exampleWriteNode acknowledges everything.
func exampleWriteNode() *node {
	n := startNode(exampleFailer{})
	go func() {
		p, _ := n.welcomed()
		p.ackAll("v1")
	}()
	return n
}

// exampleReadNode knows two instances.
func exampleReadNode() *node {
	n := startNode(exampleFailer{})
	go func() {
		p, _ := n.welcomed()
		one, two := up("ORDERS", "o-1"), up("ORDERS", "o-2")
		p.snapshot(next[*wire.Subscribe](p).Seq, one, two)
	}()
	return n
}
