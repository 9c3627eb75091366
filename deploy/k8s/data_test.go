package k8s

import "strings"

// checkData wants what a node keeps on a volume that it may write to, and in a
// folder below the volume's root, where some file systems have things of their own.
func checkData(w workload, s settings, f *faults) {
	if _, keeps := s.flags["data"]; !keeps {
		return
	}
	volumes := map[string]bool{}
	for _, v := range w.pod.Spec.Volumes {
		volumes[v.Name] = v.EmptyDir != nil || v.PersistentVolumeClaim != nil
	}
	for _, c := range w.claims {
		volumes[c.Name] = true
		if c.Spec.Resources.Requests.Storage().IsZero() {
			f.add("%s: a claim %s of no size", w, c.Name)
		}
	}
	mounted := false
	for _, m := range w.container().VolumeMounts {
		if !volumes[m.Name] || m.ReadOnly {
			f.add("%s: no volume %s to write to", w, m.Name)
		}
		mounted = mounted || strings.HasPrefix(s.text("data"), m.MountPath+"/")
	}
	if !mounted {
		f.add("%s: --data %q isn't on a volume", w, s.text("data"))
	}
	if c := w.pod.Spec.SecurityContext; c == nil || c.FSGroup == nil || *c.FSGroup == 0 {
		f.add("%s: no group that may write to its volume", w)
	}
}
