package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"heureka/client"
	"heureka/model"
)

type registerCommand struct {
	writeNodes
	App       string            `help:"The application." required:"" placeholder:"NAME"`
	ID        string            `name:"id" help:"The instance id." required:"" placeholder:"ID"`
	IP        string            `name:"ip" help:"The IP address." required:"" placeholder:"ADDRESS"`
	Port      uint16            `help:"The port." required:"" placeholder:"N"`
	VIP       string            `name:"vip" help:"Vips, separated by commas." placeholder:"NAME,…"`
	SecureVIP string            `name:"secure-vip" help:"Secure vips, separated by commas." placeholder:"NAME,…"`
	Status    string            `help:"One of ${enum}." enum:"UP,DOWN,STARTING,OUT_OF_SERVICE,UNKNOWN" default:"UP"`
	Metadata  map[string]string `help:"Metadata." mapsep:"none" placeholder:"KEY=VALUE"`
	Lease     time.Duration     `help:"How long the instance stays when it falls silent; the node's default if not said." placeholder:"30s"`
}

// leaveTimeout is how long the command waits until its unregistering is
// acknowledged.
const leaveTimeout = 5 * time.Second

// Validate refuses what the nodes would, which take host names elsewhere.
func (c registerCommand) Validate() error {
	if _, err := netip.ParseAddr(c.IP); err != nil && c.IP != "" { // that it is missing is found out by itself
		return fmt.Errorf("--ip is %.100q: must be an IP address", c.IP)
	}
	return nil
}

// Run registers the instance, keeps it registered until ctx ends, and
// unregisters it.
func (c registerCommand) Run(ctx context.Context, to console) error {
	nodes, err := client.New(client.Config{WriteNodes: c.Write, Name: "heureka register", Log: to.clientLog("")})
	if err != nil {
		return err
	}
	defer nodes.Close()
	in := c.instance()
	registration, err := nodes.Register(ctx, in)
	if err != nil {
		return fmt.Errorf("register %s: %w", in.Key(), err)
	}
	fmt.Fprintf(to.out, "registered %s%s; interrupt to unregister\n", in.Key(), at(registration.Status().Node))
	select {
	case <-registration.Done():
		return fmt.Errorf("%s isn't registered any more: %w", in.Key(), registration.Err())
	case <-ctx.Done():
	}
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
	defer cancel()
	if err := registration.Unregister(leave); err != nil {
		return fmt.Errorf("unregister %s: %w", in.Key(), err)
	}
	fmt.Fprintf(to.out, "unregistered %s\n", in.Key())
	return nil
}

// at names the node, if it wasn't lost again already.
func at(node string) string {
	if node == "" {
		return ""
	}
	return " at " + node
}

func (c registerCommand) instance() *model.Instance {
	return &model.Instance{
		App:       model.FoldApp(c.App),
		ID:        c.ID,
		Address:   c.IP,
		VIP:       c.VIP,
		SecureVIP: c.SecureVIP,
		Status:    model.ParseStatus(c.Status),
		Ports:     []model.Port{{Number: c.Port}},
		Metadata:  c.Metadata,
		Lease:     model.Lease{DurationMs: c.Lease.Milliseconds()},
	}
}
