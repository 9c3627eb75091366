package eurekatest

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"heureka/internal/foreign"
)

// kind is a kind of client.
type kind struct {
	name   string // also of its folder
	newest bool   // of its family
	build  func(ctx context.Context, folder string) (command []string, err error)
	env    []string // of the programs, beside what all are told
	writes bool     // is also tried at write nodes
	onlyUp bool     // its copy of the registry has nothing but what is UP
	// firstWord is one that goes on believing the first word of each client: what says
	// so in deltas, as ADDED at any Eureka server, it skips if it has the instance.
	firstWord bool
	// more is what this kind is tried with beside what all are. What it returns is
	// called when the clients have lost a node.
	more func(*scenario) func()
}

// kinds are the clients that are tried.
func kinds() []kind {
	return []kind{
		{name: "netflix-2", newest: true, build: java, writes: true},
		{name: "netflix-1", build: java},
		{name: "spring-boot", newest: true, build: java},
		{name: "spring-boot-2.7", build: java},
		{name: "spring-gateway", newest: true, build: java, onlyUp: true, more: routes},
		{name: "javascript", newest: true, build: npm},
		{name: "javascript-delta", newest: true, build: takesDeltas, env: []string{"EUREKA_DELTA=true"}, firstWord: true},
		{name: "fargo", newest: true, build: module},
		{name: "fargo-json", newest: true, build: speaksJSON},
	}
}

func (k kind) folder() string { return filepath.Join("clients", k.name) }

// java builds a client with Maven. All are small, and live for a minute.
func java(ctx context.Context, folder string) ([]string, error) {
	jar, err := foreign.Maven(ctx, folder, filepath.Join("clients", "shared"))
	if err != nil {
		return nil, err
	}
	return []string{"java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", jar}, nil
}

// npm installs what the client needs, which Node runs.
func npm(ctx context.Context, folder string) ([]string, error) {
	return []string{"node", filepath.Join(folder, "client.js")}, foreign.NPM(ctx, folder)
}

// takesDeltas installs the client of which it is a variant, which fetches what has changed.
func takesDeltas(ctx context.Context, folder string) ([]string, error) {
	return npm(ctx, strings.TrimSuffix(folder, "-delta"))
}

// module builds a client that is a Go module of its own.
func module(ctx context.Context, folder string) ([]string, error) {
	program, err := foreign.Module(ctx, folder)
	return []string{program}, err
}

// speaksJSON builds the client of which it is a variant.
func speaksJSON(ctx context.Context, folder string) ([]string, error) {
	command, err := module(ctx, strings.TrimSuffix(folder, "-json"))
	return append(command, "-json"), err
}

// lanes is how many kinds are tried at the same time. Mostly a scenario waits for leases;
// more of them would make machines busy.
const lanes = 2

// lane is a fleet with its subscriber, where one scenario plays at a time: each kills nodes
// and counts what they are asked.
type lane struct {
	fleet *fleet
	watch *subscriber
}

// enter waits for a free lane, which the test has until it ends.
func enter(t *testing.T, free chan *lane) *lane {
	t.Parallel()
	l := <-free
	t.Cleanup(func() { free <- l })
	return l
}

// TestClients plays the scenario with each kind of client, at read nodes, and with some
// at write nodes too.
func TestClients(t *testing.T) {
	switch *clients {
	case "newest", "all":
	case "none":
		t.Skip("builds and runs programs of other languages: -clients newest, or all")
	default:
		t.Fatalf("-clients is %q; none, newest and all are possible", *clients)
	}
	t.Parallel()
	free := make(chan *lane, lanes)
	for range lanes {
		fleet := launch(t, 3, 2)
		free <- &lane{fleet, subscribe(t, fleet)}
	}
	for _, k := range kinds() {
		if *clients == "newest" && !k.newest {
			continue
		}
		app := strings.ToUpper(strings.ReplaceAll(k.name, ".", "-"))
		t.Run(k.name, func(t *testing.T) {
			l := enter(t, free)
			s := &scenario{T: t, kind: k, fleet: l.fleet, watch: l.watch, nodes: l.fleet.reads}
			s.play(app)
		})
		if k.writes {
			t.Run(k.name+"-at-write-nodes", func(t *testing.T) {
				l := enter(t, free)
				s := &scenario{T: t, kind: k, fleet: l.fleet, watch: l.watch, nodes: l.fleet.writes}
				s.play(app + "-W")
			})
		}
	}
}
