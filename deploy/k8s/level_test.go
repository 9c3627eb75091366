package k8s

// checkLevel wants nodes that an autoscaler adds to get their share: services place
// new connections only.
func (m *manifest) checkLevel(w workload, s settings, f *faults) {
	if s.text("shed-share") != "0" {
		return
	}
	for _, h := range m.autoscalers {
		if target := h.Spec.ScaleTargetRef; target.Kind+"/"+target.Name == w.String() {
			f.add("%s: nodes that its autoscaler adds stay empty, with a --shed-share of 0", w)
		}
	}
}
