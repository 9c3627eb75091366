package ops

import (
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Build is what a binary knows of its own making.
type Build struct {
	Version  string `json:"version"`            // of the module; "(devel)" outside a release
	Revision string `json:"revision,omitempty"` // of the source, where the build had it at hand
	Modified bool   `json:"modified,omitempty"` // the source differed from that revision
	Go       string `json:"go"`                 // release of the Go toolchain
}

// ReadBuild reads what the toolchain left in the running binary.
func ReadBuild() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Build{Version: "unknown", Go: "unknown"}
	}
	return buildOf(info)
}

func buildOf(info *debug.BuildInfo) Build {
	b := Build{Version: info.Main.Version, Go: info.GoVersion}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String gives version, revision and toolchain, for --version.
func (b Build) String() string {
	out := b.Version
	if b.Revision != "" {
		out += " " + b.Revision
	}
	if b.Modified {
		out += " (modified)"
	}
	return out + " " + b.Go
}

// NewRegistry returns a registry of metrics that has those of the Go runtime, of
// the process and of the build. Each server has its own, so that several fit
// into one process.
func NewRegistry() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	b := ReadBuild()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "heureka_build_info",
		Help:        "Always 1; the labels say which build runs.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Revision, "goversion": b.Go},
	})
	build.Set(1)
	reg.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		build,
	)
	return reg
}
