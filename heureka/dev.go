package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"heureka/heureka/sample"
	"heureka/internal/dev"
	"heureka/internal/ops"
)

type devCommand struct {
	WriteNodes int    `help:"How many write nodes, ${default} if not said." default:"3" placeholder:"N"`
	ReadNodes  int    `help:"How many read nodes, ${default} if not said." default:"2" placeholder:"N"`
	Processes  bool   `help:"Give each node a process of its own, and announce each as one line of JSON when it is ready."`
	Only       string `help:"With --processes: run only this node, such as write-1, of the cluster that the other flags describe." placeholder:"NODE"`
	Bare       bool   `help:"Leave the sample services out."`
	Data       string `help:"Folder where the write nodes keep what is registered over restarts; with --processes, logs go there too. By default nothing is kept, and logs go to the user's cache." type:"path" placeholder:"DIR"`
	PortOffset int    `help:"Add this to all ports." default:"0" placeholder:"N"`
}

const (
	mood  = 15 * time.Second // how often the moody sample changes its status
	grace = 20 * time.Second // for a node's process to stop before it is killed
)

// Run runs the cluster until ctx ends.
func (c devCommand) Run(ctx context.Context, to console) error {
	plan := dev.Plan{WriteNodes: c.WriteNodes, ReadNodes: c.ReadNodes, PortOffset: c.PortOffset}
	if err := plan.Validate(); err != nil {
		return err
	}
	if c.Only != "" && !c.Processes {
		return errors.New("--only needs --processes: nodes of one process start and end together")
	}
	logs, err := c.logs()
	if err != nil {
		return err
	}
	if c.Only != "" {
		return c.only(ctx, to, plan, logs)
	}
	if err := vacant(plan.Nodes()); err != nil {
		return err
	}
	switch {
	case c.Processes:
		return c.withSamples(ctx, to, plan, logs, c.processes(to, plan, logs))
	default:
		return c.withSamples(ctx, to, plan, logs, c.inProcess(to, plan))
	}
}

// logs returns the folder for logs, which it makes.
func (c devCommand) logs() (string, error) {
	folder := c.Data
	if folder == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no folder for logs, give one with --data: %w", err)
		}
		folder = filepath.Join(cache, "heureka")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("the folder for data and logs: %w", err)
	}
	return folder, nil
}

// nodes runs all nodes until its context ends, and calls ready once when all of
// them are.
type nodes func(ctx context.Context, ready func()) error

// inProcess returns what runs all nodes in this process.
func (c devCommand) inProcess(to console, plan dev.Plan) nodes {
	return func(ctx context.Context, ready func()) error {
		cluster, err := dev.NewCluster(plan.Nodes(), dev.Settings{Data: c.Data, Log: to.log()})
		if err != nil {
			return err
		}
		return cluster.Run(ctx, ready)
	}
}

// processes returns what runs this program again for each node.
func (c devCommand) processes(to console, plan dev.Plan, logs string) nodes {
	return func(ctx context.Context, ready func()) error {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find this program: %w", err)
		}
		p := &dev.Processes{
			Executable: self,
			Arguments:  c.arguments,
			LogFolder:  logs,
			Grace:      grace,
			Out:        to.out,
			Ready:      ready,
			Log:        to.log(),
		}
		return p.Run(ctx, plan.Nodes())
	}
}

// arguments returns those of a node's own process.
func (c devCommand) arguments(n dev.Node) []string {
	args := []string{"dev", "--processes", "--only", n.Name,
		"--write-nodes", strconv.Itoa(c.WriteNodes), "--read-nodes", strconv.Itoa(c.ReadNodes),
		"--port-offset", strconv.Itoa(c.PortOffset)}
	if c.Data != "" {
		args = append(args, "--data", c.Data)
	}
	return args
}

// only runs one node, announces it and logs to its file.
func (c devCommand) only(ctx context.Context, to console, plan dev.Plan, logs string) error {
	node, err := plan.Node(c.Only)
	if err != nil {
		return err
	}
	if err := vacant([]dev.Node{node}); err != nil {
		return err
	}
	file, err := dev.OpenLog(logs, node)
	if err != nil {
		return err
	}
	defer file.Close()
	log, err := ops.NewLogger("info", ops.FormatText, file)
	if err != nil {
		return err
	}
	return dev.RunNode(ctx, node, plan.Writes(), dev.Settings{Data: c.Data, Log: log}, to.out)
}

// withSamples runs the nodes and, once they are ready, the samples. At the end
// the samples leave before the nodes do.
func (c devCommand) withSamples(ctx context.Context, to console, plan dev.Plan, logs string, run nodes) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ready := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- run(running, func() { close(ready) })
		cancel()
	}()
	var err error
	select {
	case <-ready:
		c.hint(to, plan, logs)
		err = c.live(ctx, to, plan)
	case <-ctx.Done():
	}
	stop()
	return errors.Join(<-ended, err)
}

// live is what goes on beside the nodes until ctx ends.
func (c devCommand) live(ctx context.Context, to console, plan dev.Plan) error {
	if c.Bare {
		<-ctx.Done()
		return nil
	}
	return sample.Run(ctx, sample.Config{
		WriteNodes: dev.HTTPOf(plan.Writes()),
		Mood:       mood,
		Log:        to.clientLog("samples"),
	})
}
