package k8s

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// checkBridge wants bridges to lead to the service port of nodes, and to be two, so that
// either may go.
func (m *manifest) checkBridge(w workload, s settings, f *faults) {
	if _, is := s.flags["from"]; !is {
		return
	}
	if w.replicas == nil || *w.replicas < 2 {
		f.add("%s: fewer than two bridges", w)
	}
	for _, to := range s.list("to") {
		u, err := url.Parse(to)
		if err != nil || !m.serves(u.Hostname(), u.Port()) {
			f.add("%s: --to %q leads to no service", w, to)
		}
	}
}

// serves tells whether a service has such a port, with the service port of nodes behind it.
func (m *manifest) serves(name, port string) bool {
	s := m.services[name]
	if s == nil {
		return false
	}
	for _, p := range s.Spec.Ports {
		if strconv.Itoa(int(p.Port)) == port && p.TargetPort.StrVal == "http" {
			return true
		}
	}
	return false
}

// TestRefusesBridges spoils one thing at a time and wants it named.
func TestRefusesBridges(t *testing.T) {
	const (
		workload = "bridge/statefulset.yaml"
		old      = "overlays/bridge/old.yaml"
	)
	for _, c := range []struct{ name, file, before, after, want string }{
		{"a bridge to nobody", workload, "http://heureka-read:", "http://heureka-reed:", "leads to no service"},
		{"a bridge to another port", workload, "heureka-read:8761", "heureka-read:8861", "leads to no service"},
		{"a bridge to a path", workload, "heureka-read:8761", "heureka-read:8761/eureka", "without a path"},
		{"one bridge", workload, "replicas: 2", "replicas: 1", "fewer than two bridges"},
		{"a bridge from nobody", old, "HEUREKA_FROM", "HEUREKA_FORM", "must name a server"},
		{"a bridge from what is no URL", old, "value: http://old-1", "value: old-1", "--from"},
		{"another command", workload, "- bridge\n            - --to", "- brigde\n            - --to", "unexpected argument brigde"},
		{"a setting of nodes", workload, "--http=:8763", "--advertise=:8763", "unknown flag --advertise"},
		{"a bridge that listens to itself only", workload, "--http=:8763", "--http=127.0.0.1:8763", "doesn't listen on all addresses"},
		{"bridges without names of their own", "bridge/service.yaml", "clusterIP: None", "type: ClusterIP", "isn't headless"},
		{"a patch of nobody", old, "name: heureka-bridge", "name: heureka-brigde", "heureka-brigde"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := sources(t)
			edit(t, fsys, c.file, c.before, c.after)
			if err := verify(t, fsys, "overlays/bridge"); err == nil {
				t.Error("accepted")
			} else if !strings.Contains(err.Error(), c.want) {
				t.Errorf("refused for something else: %v", err)
			}
		})
	}
}
