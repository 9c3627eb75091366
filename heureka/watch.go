package main

import (
	"context"
	"fmt"

	"heureka/client"
)

type watchCommand struct {
	readNodes
	filter
	JSON bool `name:"json" help:"One JSON object a line, for programs."`
}

// Run writes events until ctx ends.
func (c watchCommand) Run(ctx context.Context, to console) error {
	nodes, err := client.New(client.Config{ReadNodes: c.Read, Name: "heureka watch", Log: to.clientLog("")})
	if err != nil {
		return err
	}
	defer nodes.Close()
	subscription, err := nodes.Subscribe(ctx, c.interests()...)
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	text := humanEvent
	if c.JSON {
		text = jsonEvent
	}
	for {
		event, err := subscription.Next(ctx)
		if err != nil {
			return fmt.Errorf("watch: %w", err)
		}
		line, err := text(event)
		if err != nil {
			return err
		}
		if _, err := to.out.Write(line); err != nil { // one write a line: nothing waits in a buffer
			return fmt.Errorf("watch: %w", err)
		}
	}
}
