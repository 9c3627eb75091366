package k8s

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkDockerfile says what is wrong with the Dockerfile of a binary. Ports are
// those that its container has in the manifests.
func checkDockerfile(binary, text, goVersion string, ports []string) error {
	var f faults
	if !strings.Contains(text, "FROM --platform=$BUILDPLATFORM golang:"+goVersion+" AS build\n") {
		f.add("doesn't build with golang:%s", goVersion)
	}
	final := text[strings.LastIndex(text, "\nFROM ")+1:]
	if base, _, _ := strings.Cut(final, "\n"); !regexp.MustCompile(`^FROM gcr\.io/distroless/static-debian\d+:nonroot$`).MatchString(base) {
		f.add("final stage is %q", base)
	}
	if !strings.Contains(text, fmt.Sprintf("-o /out/%s ./%[1]s\n", binary)) {
		f.add("doesn't build ./%s", binary)
	}
	if !strings.Contains(final, fmt.Sprintf("COPY --from=build /out/%s /%[1]s\n", binary)) ||
		!strings.HasSuffix(final, fmt.Sprintf("\nENTRYPOINT [\"/%s\"]\n", binary)) {
		f.add("doesn't start /%s", binary)
	}
	if !strings.Contains(final, "\nUSER 65532:65532\n") {
		f.add("doesn't run as the user of the manifests")
	}
	var exposed []string
	if line := regexp.MustCompile(`\nEXPOSE (.*)\n`).FindStringSubmatch(final); line != nil {
		exposed = strings.Fields(line[1])
	}
	if !slices.Equal(exposed, ports) {
		f.add("exposes %v, not %v", exposed, ports)
	}
	return errors.Join(f.all...)
}

// goVersion returns the release of Go that the module asks for, without the
// patch.
func goVersion(t *testing.T) string {
	t.Helper()
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	if version == nil {
		t.Fatal("go.mod names no release of Go")
	}
	return string(version[1])
}

// ports returns the ports of each binary's container.
func ports(t *testing.T) map[string][]string {
	t.Helper()
	objects, err := render(sources(t), "base")
	if err != nil {
		t.Fatal(err)
	}
	m, err := gather(objects)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, w := range m.workloads {
		for _, p := range w.container().Ports {
			found[w.binary()] = append(found[w.binary()], fmt.Sprint(p.ContainerPort))
		}
	}
	return found
}

func dockerfile(t *testing.T, binary string) string {
	t.Helper()
	text, err := os.ReadFile("../docker/" + binary + ".Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDockerfiles(t *testing.T) {
	exposed := ports(t)
	for _, binary := range []string{"write-node", "read-node", "heureka", "loadtest"} {
		if err := checkDockerfile(binary, dockerfile(t, binary), goVersion(t), exposed[binary]); err != nil {
			t.Errorf("%s: %v", binary, err)
		}
	}
}

func TestDockerfileRefuses(t *testing.T) {
	exposed := ports(t)["write-node"]
	for _, c := range []struct{ name, before, after, want string }{
		{"another Go", "golang:" + goVersion(t), "golang:1.20", "doesn't build with golang"},
		{"a base with a shell", "gcr.io/distroless/static-debian13:nonroot", "debian:13", "final stage"},
		{"another binary", "/out/write-node ./write-node", "/out/write-node ./read-node", "doesn't build ./write-node"},
		{"another entry point", `["/write-node"]`, `["/heureka"]`, "doesn't start"},
		{"root", "USER 65532:65532", "USER 0", "doesn't run as the user"},
		{"another port", "EXPOSE 7001", "EXPOSE 8001", "exposes [8001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := dockerfile(t, "write-node")
			if !strings.Contains(text, c.before) {
				t.Fatalf("no %q to spoil", c.before)
			}
			err := checkDockerfile("write-node", strings.Replace(text, c.before, c.after, 1), goVersion(t), exposed)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
