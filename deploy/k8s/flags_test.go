package k8s

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// checkFlags gives each container's arguments and environment to the
// configuration of its binary, and compares what that understands with the rest
// of the manifest.
func (m *manifest) checkFlags(t *testing.T, f *faults) {
	for _, w := range m.workloads {
		s, err := parse(t, w)
		if err != nil {
			f.add("%s: %w", w, err)
			continue
		}
		m.checkAddresses(w, s, f)
		m.checkNATS(w, s, f)
		m.checkBridge(w, s, f)
		checkGrace(w, s.drain, f)
		checkData(w, s, f)
		m.checkLevel(w, s, f)
	}
}

// settings is a configuration as its binary understood it.
type settings struct {
	flags map[string]*kong.Flag
	drain time.Duration
}

// text returns the value of a flag, "" if the binary doesn't have it.
func (s settings) text(name string) string {
	if flag, ok := s.flags[name]; ok {
		return fmt.Sprint(flag.Target.Interface())
	}
	return ""
}

// list returns the values of a flag that takes several, whether kong takes them
// apart or the binary does.
func (s settings) list(name string) []string {
	if flag, ok := s.flags[name]; ok {
		if values, ok := flag.Target.Interface().([]string); ok {
			return values
		}
	}
	if text := s.text(name); text != "" {
		return strings.Split(text, ",")
	}
	return nil
}

// embedded tells whether the node brings its own NATS.
func (s settings) embedded() bool { return slices.Equal(s.list("nats"), []string{"embedded"}) }

// parse does what the binary's main does with arguments and environment.
func parse(t *testing.T, w workload) (settings, error) {
	commandLine, ok := binaries()[w.binary()]
	if !ok {
		return settings{}, fmt.Errorf("no binary is called %s", w.binary())
	}
	env := environment(w)
	if err := enter(t, env); err != nil {
		return settings{}, err
	}
	parser, err := kong.New(commandLine, kong.Name(w.binary()), kong.Vars{"hostname": w.name})
	if err != nil {
		return settings{}, err
	}
	var args []string
	for _, arg := range w.container().Args {
		for name, value := range env {
			arg = strings.ReplaceAll(arg, "$("+name+")", value)
		}
		args = append(args, arg)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return settings{}, err
	}
	if err := commandLine.check(); err != nil {
		return settings{}, err
	}
	s := settings{flags: map[string]*kong.Flag{}, drain: commandLine.drain()}
	known := []string{"GOMEMLIMIT"}
	for _, flag := range parsed.Flags() { // of the command, too
		s.flags[flag.Name] = flag
		known = append(known, flag.Envs...)
	}
	for name := range env {
		used := slices.ContainsFunc(w.container().Args, func(arg string) bool { return strings.Contains(arg, "$("+name+")") })
		if !used && !slices.Contains(known, name) {
			return settings{}, fmt.Errorf("nothing reads the variable %s", name)
		}
	}
	return s, nil
}

// enter makes env the environment of this test, without settings that whoever
// runs the test may have in theirs.
func enter(t *testing.T, env map[string]string) error {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "HEUREKA_") {
			t.Setenv(name, "") // so that it is restored
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	return nil
}

// What a pod would be called, and its address.
func podName(w workload) string { return w.name + "-0" }

const podIP = "10.1.2.3"

// environment returns what the container would find there.
func environment(w workload) map[string]string {
	env := map[string]string{}
	for _, e := range w.container().Env {
		env[e.Name] = e.Value
		if e.ValueFrom == nil || e.ValueFrom.FieldRef == nil {
			continue
		}
		switch e.ValueFrom.FieldRef.FieldPath {
		case "metadata.name":
			env[e.Name] = podName(w)
		case "status.podIP":
			env[e.Name] = podIP
		}
	}
	return env
}

// checkAddresses compares where the node listens with its container's ports.
func (m *manifest) checkAddresses(w workload, s settings, f *faults) {
	listens := map[string]string{"http": "http", "admin": "admin"}
	if s.embedded() {
		listens["nats-listen"], listens["routes-listen"] = "nats", "routes"
	}
	for flag, port := range listens {
		host, number, err := net.SplitHostPort(s.text(flag))
		if err != nil || host != "" {
			f.add("%s: --%s %q doesn't listen on all addresses", w, flag, s.text(flag))
		} else if number != fmt.Sprint(w.port(intstr.FromString(port))) {
			f.add("%s: --%s listens on %s, the container's port %s is %d", w, flag, number, port, w.port(intstr.FromString(port)))
		}
	}
	if _, tells := s.flags["advertise"]; tells {
		host, number, err := net.SplitHostPort(s.text("advertise"))
		reachable := host == podIP || w.service != "" && host == podName(w)+"."+w.service
		if err != nil || !reachable || number != fmt.Sprint(w.port(intstr.FromString("http"))) {
			f.add("%s: --advertise %q doesn't lead others to its service port", w, s.text("advertise"))
		}
	}
	if len(w.container().Ports) != len(listens) {
		f.add("%s: %d ports where it listens on %d", w, len(w.container().Ports), len(listens))
	}
}

// checkNATS follows the addresses under which the nodes find each other.
func (m *manifest) checkNATS(w workload, s settings, f *faults) {
	for _, peer := range s.list("peers") {
		m.leadsTo(w, peer, "routes", f)
	}
	if size := s.text("cluster-size"); size != "" && (w.replicas == nil || size != fmt.Sprint(*w.replicas)) {
		f.add("%s: --cluster-size %s isn't its number of replicas", w, size)
	}
	if s.embedded() {
		if len(s.list("peers")) == 0 {
			f.add("%s: has no peers", w)
		}
		return
	}
	for _, server := range s.list("nats") {
		u, err := url.Parse(server)
		switch {
		case err != nil || u.Scheme != "nats" && u.Scheme != "tls" || u.Port() == "":
			f.add("%s: --nats %q isn't nats://host:port", w, server)
		case !strings.Contains(u.Hostname(), "."): // else it isn't ours
			m.leadsTo(w, u.Host, "nats", f)
		}
	}
}

// leadsTo checks that host:port is a service, or one pod of a StatefulSet's
// service, whose port is that of the pods behind it, and that it has them before
// they are ready.
func (m *manifest) leadsTo(w workload, address, port string, f *faults) {
	host, number, err := net.SplitHostPort(address)
	if err != nil {
		f.add("%s: %q isn't host:port", w, address)
		return
	}
	name := host
	if pod, service, ok := strings.Cut(host, "."); ok {
		if name = service; !m.hasPod(pod, service) {
			f.add("%s: no pod %s for %s", w, pod, address)
		}
	}
	s := m.services[name]
	if s == nil {
		f.add("%s: no service %s for %s", w, name, address)
		return
	}
	if !s.Spec.PublishNotReadyAddresses {
		f.add("%s: service %s has nodes only when they are ready", w, name)
	}
	for _, p := range s.Spec.Ports {
		if strconv.Itoa(int(p.Port)) == number && p.TargetPort.StrVal == port {
			return
		}
	}
	f.add("%s: %s doesn't lead to the port %s", w, address, port)
}

// hasPod tells whether a StatefulSet with that service has that pod.
func (m *manifest) hasPod(pod, service string) bool {
	for _, w := range m.workloads {
		if w.service != service || w.replicas == nil {
			continue
		}
		for i := range *w.replicas {
			if pod == fmt.Sprintf("%s-%d", w.name, i) {
				return true
			}
		}
	}
	return false
}
