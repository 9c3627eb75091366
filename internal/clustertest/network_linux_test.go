package clustertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// network is hosts on segments, each host a network namespace and each segment a
// bridge in one more namespace, the hub. None of them has a name: they are gone
// when the last process and the last file that refer to them are, however the
// test ends.
type network struct {
	t     *testing.T
	hub   *namespace
	plugs []plug
}

// plug is a host's place on a segment.
type plug struct {
	host    *namespace
	segment string
	address string
	mac     string
}

// newNetwork returns an empty network, or skips the test where there can't be one.
func newNetwork(t *testing.T) *network {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real processes")
	}
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skipf("network namespaces need iproute2: %v", err)
	}
	return &network{t: t, hub: newNamespace(t)}
}

// host adds a host without connections.
func (n *network) host() *namespace {
	n.t.Helper()
	host := newNamespace(n.t)
	host.ip("link set lo up")
	return host
}

// segment adds a segment that nothing is plugged into.
func (n *network) segment(name string) {
	n.t.Helper()
	n.hub.ip("link add %s type bridge", name)
	n.up(name)
}

// up and down switch a segment, or the trunk between two. While it is down what
// is sent there vanishes: hosts see no fault of their own.
func (n *network) up(name string)   { n.hub.ip("link set %s up", name) }
func (n *network) down(name string) { n.hub.ip("link set %s down", name) }

// trunk joins two segments.
func (n *network) trunk(name, one, other string) {
	n.t.Helper()
	n.hub.ip("link add %s type veth peer name %s-far", name, name)
	n.hub.ip("link set %s master %s up", name, one)
	n.hub.ip("link set %s-far master %s up", name, other)
}

// plug connects a host to a segment. The hosts that were plugged in before, on
// segments that reach this one, and the host know each other from then on without
// asking, so that a cut is noticed by silence alone.
func (n *network) plug(host *namespace, segment, address string) {
	n.t.Helper()
	number := len(n.plugs) + 1
	p := plug{host: host, segment: segment, address: address, mac: fmt.Sprintf("02:00:00:00:00:%02x", number)}
	port, wire := fmt.Sprintf("port-%d", number), fmt.Sprintf("wire-%d", number)
	n.hub.ipWith(host, "link add %s type veth peer name %s address %s netns /proc/self/fd/3", port, wire, p.mac)
	n.hub.ip("link set %s master %s up", port, segment)
	host.ip("addr add %s/24 dev %s", address, wire)
	host.ip("link set %s up", wire)
	for _, other := range n.plugs {
		if network24(other.address) == network24(address) {
			host.knows(other.address, other.mac, wire)
			other.host.knows(address, p.mac, other.wire(n))
		}
	}
	n.plugs = append(n.plugs, p)
}

func (p plug) wire(n *network) string {
	for i, other := range n.plugs {
		if other == p {
			return fmt.Sprintf("wire-%d", i+1)
		}
	}
	return ""
}

func network24(address string) string { return address[:strings.LastIndexByte(address, '.')] }

// deafen makes vanish what the host sends to the address, and hear it again.
func (n *network) deafen(from *namespace, to string) {
	n.t.Helper()
	n.direct(from, to, "02:00:00:00:ff:ff") // nobody's
}

func (n *network) hear(from *namespace, to string) {
	n.t.Helper()
	for _, p := range n.plugs {
		if p.address == to {
			n.direct(from, to, p.mac)
		}
	}
}

func (n *network) direct(from *namespace, to, mac string) {
	n.t.Helper()
	for _, p := range n.plugs {
		if p.host == from && network24(p.address) == network24(to) {
			from.knows(to, mac, p.wire(n))
		}
	}
}

// namespace is a network namespace without a name.
type namespace struct {
	t    *testing.T
	file *os.File // refers to it
}

func newNamespace(t *testing.T) *namespace {
	t.Helper()
	made := make(chan error)
	n := &namespace{t: t}
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its goroutine
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			n.file, err = os.Open("/proc/thread-self/ns/net")
		}
		made <- err
	}()
	if err := <-made; errors.Is(err, unix.EPERM) {
		t.Skipf("network namespaces aren't allowed here: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.file.Close() }) // it was only read
	return n
}

// inside calls the function on a thread that is in the namespace, and brings the
// thread back. One that can't come back ends with its goroutine.
func (n *namespace) inside(f func() error) error {
	result := make(chan error)
	go func() {
		result <- n.enter(f)
	}()
	return <-result
}

func (n *namespace) enter(f func() error) error {
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer home.Close()
	if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("enter a network namespace: %w", err)
	}
	result := f()
	if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
		return errors.Join(result, fmt.Errorf("leave a network namespace: %w", err))
	}
	runtime.UnlockOSThread()
	return result
}

// knows tells the host who has an address on its wire.
func (n *namespace) knows(address, mac, wire string) {
	n.t.Helper()
	n.ip("neigh replace %s lladdr %s dev %s nud permanent", address, mac, wire)
}

// ip runs iproute2's command of that name in the namespace.
func (n *namespace) ip(format string, args ...any) {
	n.t.Helper()
	n.ipWith(nil, format, args...)
}

// ipWith is ip with another namespace as file descriptor 3.
func (n *namespace) ipWith(other *namespace, format string, args ...any) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	words := fmt.Sprintf(format, args...)
	cmd := exec.CommandContext(ctx, "ip", strings.Fields(words)...)
	if other != nil {
		cmd.ExtraFiles = []*os.File{other.file}
	}
	err := n.inside(func() error {
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	if err != nil {
		n.t.Fatalf("ip %s: %v", words, err)
	}
}
