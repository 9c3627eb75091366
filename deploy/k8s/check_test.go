package k8s

import (
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"heureka/internal/ops"
)

// faults collects what is wrong.
type faults struct{ all []error }

func (f *faults) add(format string, args ...any) { f.all = append(f.all, fmt.Errorf(format, args...)) }

// check returns everything that is wrong with the manifest, apart from flags.
func check(m *manifest) error {
	var f faults
	for _, w := range m.workloads {
		if len(w.pod.Spec.Containers) != 1 {
			f.add("%s: %d containers, not one", w, len(w.pod.Spec.Containers))
			return errors.Join(f.all...)
		}
	}
	for _, w := range m.workloads {
		m.checkWorkload(w, &f)
		checkProbes(w, &f)
		checkSecurity(w, &f)
		checkResources(w, &f)
		checkScrape(w, &f)
	}
	m.checkServices(&f)
	m.checkBudgets(&f)
	m.checkAutoscalers(&f)
	m.checkPolicies(&f)
	return errors.Join(f.all...)
}

// checkWorkload looks at what ties a workload to its own pods and to others.
func (m *manifest) checkWorkload(w workload, f *faults) {
	own := func(what string, s *metav1.LabelSelector) {
		found := m.selected(s)
		if len(found) != 1 || found[0].String() != w.String() {
			f.add("%s: %s selects the pods of %v", w, what, found)
		}
	}
	own("selector", w.selector)
	for _, c := range w.pod.Spec.TopologySpreadConstraints {
		own("topology spread", c.LabelSelector)
	}
	if len(w.pod.Spec.TopologySpreadConstraints) == 0 {
		f.add("%s: no topology spread", w)
	}
	if a := w.pod.Spec.Affinity; a == nil || a.PodAntiAffinity == nil {
		f.add("%s: no anti-affinity", w)
	} else {
		for _, term := range a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			own("anti-affinity", term.PodAffinityTerm.LabelSelector)
		}
	}
	if account := m.accounts[w.pod.Spec.ServiceAccountName]; account == nil {
		f.add("%s: no service account %q", w, w.pod.Spec.ServiceAccountName)
	} else if mount := account.AutomountServiceAccountToken; mount == nil || *mount {
		f.add("service account %s mounts its token", account.Name)
	}
	if mount := w.pod.Spec.AutomountServiceAccountToken; mount == nil || *mount {
		f.add("%s: mounts a token", w)
	}
	if w.kind == "StatefulSet" {
		m.checkHeadless(w, f)
	}
}

// checkHeadless sees to it that the nodes of a StatefulSet find each other
// before they are ready.
func (m *manifest) checkHeadless(w workload, f *faults) {
	s := m.services[w.service]
	if s == nil {
		f.add("%s: no service %q", w, w.service)
		return
	}
	if s.Spec.ClusterIP != corev1.ClusterIPNone {
		f.add("service %s isn't headless", s.Name)
	}
	if !s.Spec.PublishNotReadyAddresses {
		f.add("service %s hides nodes that aren't ready", s.Name)
	}
	if found := m.selected(&metav1.LabelSelector{MatchLabels: s.Spec.Selector}); len(found) != 1 || found[0].String() != w.String() {
		f.add("%s: its service %s selects the pods of %v", w, s.Name, found)
	}
}

func (m *manifest) checkServices(f *faults) {
	for _, s := range m.services {
		found := m.selected(&metav1.LabelSelector{MatchLabels: s.Spec.Selector})
		if len(found) == 0 {
			f.add("service %s selects no pods", s.Name)
		}
		for _, w := range found {
			for _, p := range s.Spec.Ports {
				target := p.TargetPort
				if target == (intstr.IntOrString{}) {
					target = intstr.FromInt32(p.Port)
				}
				number := w.port(target)
				if number == 0 {
					f.add("service %s: %s has no port %s", s.Name, w, target.String())
				} else if number != p.Port {
					f.add("service %s: port %d is %d on %s; the same number everywhere, please", s.Name, p.Port, number, w)
				}
			}
		}
	}
}

func (m *manifest) checkBudgets(f *faults) {
	for _, b := range m.budgets {
		if len(m.selected(b.Spec.Selector)) != 1 {
			f.add("disruption budget %s selects the pods of %v", b.Name, m.selected(b.Spec.Selector))
		}
		if b.Spec.MaxUnavailable == nil || b.Spec.MaxUnavailable.IntValue() < 1 {
			f.add("disruption budget %s never lets a pod go", b.Name)
		}
	}
}

func (m *manifest) checkAutoscalers(f *faults) {
	for _, h := range m.autoscalers {
		target := h.Spec.ScaleTargetRef
		w, ok := m.workloads[target.Kind+"/"+target.Name]
		if !ok || target.APIVersion != "apps/v1" {
			f.add("autoscaler %s: no %s %s/%s", h.Name, target.APIVersion, target.Kind, target.Name)
			continue
		}
		if w.replicas != nil {
			f.add("%s: sets replicas against its autoscaler", w)
		}
		if h.Spec.MinReplicas == nil || *h.Spec.MinReplicas < 2 || *h.Spec.MinReplicas >= h.Spec.MaxReplicas {
			f.add("autoscaler %s has no room between two nodes and its maximum", h.Name)
		}
		measured := map[corev1.ResourceName]bool{}
		for _, metric := range h.Spec.Metrics {
			if metric.Resource != nil {
				measured[metric.Resource.Name] = true
			}
		}
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			if !measured[name] {
				f.add("autoscaler %s doesn't look at %s", h.Name, name)
			}
		}
	}
}

func (m *manifest) checkPolicies(f *faults) {
	for _, p := range m.policies {
		targets := m.selected(&p.Spec.PodSelector)
		if len(targets) == 0 {
			f.add("network policy %s selects no pods", p.Name)
		}
		for _, rule := range p.Spec.Ingress {
			for _, port := range rule.Ports {
				for _, w := range targets {
					if port.Port == nil || w.port(*port.Port) == 0 {
						f.add("network policy %s: %s has no port %s", p.Name, w, port.Port)
					}
				}
			}
			for _, from := range rule.From {
				if from.PodSelector == nil || len(m.selected(from.PodSelector)) == 0 {
					f.add("network policy %s lets in pods that aren't there", p.Name)
				}
			}
		}
	}
}

// checkProbes holds the probes to what the nodes serve.
func checkProbes(w workload, f *faults) {
	c := w.container()
	for _, p := range []struct {
		name  string
		probe *corev1.Probe
		path  string
	}{
		{"startup", c.StartupProbe, ops.PathLive},
		{"liveness", c.LivenessProbe, ops.PathLive},
		{"readiness", c.ReadinessProbe, ops.PathReady},
	} {
		switch {
		case p.probe == nil || p.probe.HTTPGet == nil:
			f.add("%s: no %s probe over HTTP", w, p.name)
		case p.probe.HTTPGet.Path != p.path:
			f.add("%s: %s probe asks %s, not %s", w, p.name, p.probe.HTTPGet.Path, p.path)
		case w.port(p.probe.HTTPGet.Port) == 0 || w.port(p.probe.HTTPGet.Port) != w.port(intstr.FromString("http")):
			f.add("%s: %s probe asks port %s, not the service port", w, p.name, p.probe.HTTPGet.Port.String())
		}
	}
}

func checkSecurity(w workload, f *faults) {
	pod, c := w.pod.Spec.SecurityContext, w.container().SecurityContext
	if pod == nil || c == nil {
		f.add("%s: no security context", w)
		return
	}
	is := func(b *bool, want bool) bool { return b != nil && *b == want }
	for what, ok := range map[string]bool{
		"may run as root":                    is(pod.RunAsNonRoot, true) && pod.RunAsUser != nil && *pod.RunAsUser != 0,
		"has no seccomp profile":             pod.SeccompProfile != nil && pod.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault,
		"may gain privileges":                is(c.AllowPrivilegeEscalation, false) && !is(c.Privileged, true),
		"may write to its root file system":  is(c.ReadOnlyRootFilesystem, true),
		"has capabilities":                   c.Capabilities != nil && len(c.Capabilities.Drop) == 1 && c.Capabilities.Drop[0] == "ALL" && len(c.Capabilities.Add) == 0,
		"shares something of its host":       !w.pod.Spec.HostNetwork && !w.pod.Spec.HostPID && !w.pod.Spec.HostIPC,
		"would get variables of any service": is(w.pod.Spec.EnableServiceLinks, false),
	} {
		if !ok {
			f.add("%s: %s", w, what)
		}
	}
}

// checkResources wants requests, a limit for memory, and Go's own limit a little
// below it.
func checkResources(w workload, f *faults) {
	r := w.container().Resources
	if r.Requests.Cpu().IsZero() || r.Requests.Memory().IsZero() || r.Limits.Memory().IsZero() {
		f.add("%s: wants requests of cpu and memory, and a limit of memory", w)
		return
	}
	if r.Requests.Memory().Cmp(*r.Limits.Memory()) > 0 {
		f.add("%s: requests more memory than its limit", w)
	}
	var mebibytes int64
	for _, e := range w.container().Env {
		if e.Name == "GOMEMLIMIT" {
			if _, err := fmt.Sscanf(e.Value, "%dMiB", &mebibytes); err != nil {
				f.add("%s: GOMEMLIMIT %q isn't in MiB", w, e.Value)
			}
		}
	}
	if limit := r.Limits.Memory().Value(); mebibytes<<20 < limit*8/10 || mebibytes<<20 > limit*95/100 {
		f.add("%s: GOMEMLIMIT of %d MiB doesn't go with a limit of %d MiB", w, mebibytes, limit>>20)
	}
}

// checkScrape holds the annotations for Prometheus to the admin port.
func checkScrape(w workload, f *faults) {
	a := w.pod.Annotations
	if a["prometheus.io/scrape"] != "true" || a["prometheus.io/path"] != "/metrics" ||
		a["prometheus.io/port"] != fmt.Sprint(w.port(intstr.FromString("admin"))) {
		f.add("%s: its annotations don't lead Prometheus to the admin port", w)
	}
}

// settle is what a node needs after its drain for the last words, requests under
// way and its goodbye to the cluster.
const settle = 15 * time.Second

// checkGrace wants the pod to be given the pause before the signal, the drain,
// and time to settle.
func checkGrace(w workload, drain time.Duration, f *faults) {
	spec := w.pod.Spec
	hook := w.container().Lifecycle
	if hook == nil || hook.PreStop == nil || hook.PreStop.Sleep == nil {
		f.add("%s: no pause before it is stopped", w)
		return
	}
	needed := time.Duration(hook.PreStop.Sleep.Seconds)*time.Second + drain + settle
	if spec.TerminationGracePeriodSeconds == nil || time.Duration(*spec.TerminationGracePeriodSeconds)*time.Second < needed {
		f.add("%s: its grace period is shorter than the %v that stopping takes", w, needed)
	}
}
