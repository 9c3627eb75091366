package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"heureka/model"
)

type overrideCommand struct {
	writeNodes
	App    string `arg:"" help:"Application of the instance."`
	ID     string `arg:"" name:"id" help:"Its id."`
	Status string `arg:"" optional:"" help:"UP, DOWN, STARTING, OUT_OF_SERVICE or UNKNOWN."`
	Clear  bool   `help:"End the override instead."`
}

// Validate refuses a status beside --clear, and neither.
func (c overrideCommand) Validate() error {
	if c.Clear == (c.Status != "") {
		return errors.New("give a status, or --clear")
	}
	return nil
}

// Run gives the word to the first write node that answers.
func (c overrideCommand) Run(ctx context.Context, to console) error {
	method, body := http.MethodDelete, []byte(nil)
	if !c.Clear {
		method = http.MethodPut
		var err error
		if body, err = json.Marshal(map[string]string{"status": c.Status}); err != nil {
			return err
		}
	}
	path := "/api/v1/apps/" + url.PathEscape(c.App) + "/instances/" + url.PathEscape(c.ID) + "/override"
	if _, err := requestAny(ctx, method, c.Write, path, body); err != nil {
		return fmt.Errorf("override: %w", err)
	}
	if key := model.NewKey(c.App, c.ID); c.Clear {
		fmt.Fprintf(to.err, "%s has no override: its status is what its client says\n", key)
	} else {
		fmt.Fprintf(to.err, "the override of %s is %s until it is cleared or the client unregisters\n", key, c.Status)
	}
	return nil
}
