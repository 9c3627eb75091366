package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"heureka/model"
)

type getCommand struct {
	readNodes
	App  string `help:"Only this application." placeholder:"NAME"`
	ID   string `name:"id" help:"Only this instance id; without --app in any application." placeholder:"ID"`
	JSON bool   `name:"json" help:"The answer as the read node gives it, for programs."`
}

// Run shows what one read node shows now.
func (c getCommand) Run(ctx context.Context, to console) error {
	body, err := askAny(ctx, c.Read, c.path())
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	if c.JSON {
		_, err := to.out.Write(body)
		return err
	}
	instances, err := c.read(body)
	if err != nil {
		return fmt.Errorf("get: the answer: %w", err)
	}
	if len(instances) == 0 {
		fmt.Fprintln(to.err, "nothing is registered that was asked for")
		return nil
	}
	return writeInstances(to.out, instances)
}

// path returns what to ask for: the one instance, those of the application, those
// with the id, or all.
func (c getCommand) path() string {
	switch {
	case c.one():
		return "/api/v1/apps/" + url.PathEscape(c.App) + "/instances/" + url.PathEscape(c.ID)
	case c.App != "":
		return "/api/v1/apps/" + url.PathEscape(c.App) + "/instances"
	case c.ID != "":
		return "/api/v1/instances?" + url.Values{"id": {c.ID}}.Encode()
	default:
		return "/api/v1/instances"
	}
}

func (c getCommand) one() bool { return c.App != "" && c.ID != "" }

// read reads the answer: an instance, or a list.
func (c getCommand) read(body []byte) ([]*model.Instance, error) {
	if c.one() {
		in := new(model.Instance)
		if err := json.Unmarshal(body, in); err != nil {
			return nil, err
		}
		return []*model.Instance{in}, nil
	}
	var list struct {
		Instances []*model.Instance `json:"instances"`
	}
	err := json.Unmarshal(body, &list)
	return list.Instances, err
}
