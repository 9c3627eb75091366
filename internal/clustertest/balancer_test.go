package clustertest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"heureka/internal/dev"
	"heureka/internal/ops"
)

// proxy is a kind of balancer, with the configuration that we document.
type proxy struct {
	program string
	config  string // in deploy/balancer
	listen  string // what of it says where to listen
	on      string // the same, for an address
	// fill makes of the rest what one without the rights of a service can run, with
	// what it writes in a folder.
	fill func(config, folder string) string
	args func(config, folder string) []string // in the foreground, as one process
}

func nginx() proxy {
	return proxy{
		program: "nginx", config: "nginx.conf", listen: "listen 8760;", on: "listen %s;",
		fill: func(config, folder string) string {
			var paths strings.Builder
			for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
				fmt.Fprintf(&paths, "    %s_temp_path %s/%s;\n", kind, folder, kind)
			}
			return strings.Replace(config, "http {\n", "http {\n"+paths.String(), 1)
		},
		args: func(config, folder string) []string {
			return []string{"-c", config, "-p", folder, "-e", "stderr", "-g", "daemon off; master_process off; pid " + folder + "/pid;"}
		},
	}
}

func haproxy() proxy {
	return proxy{
		program: "haproxy", config: "haproxy.cfg", listen: "bind :8760\n", on: "bind %s\n",
		fill: func(config, _ string) string { return strings.Replace(config, "maxconn 40000", "maxconn 1000", 1) },
		args: func(config, _ string) []string { return []string{"-db", "-f", config} },
	}
}

// found returns where the program is, or skips the test.
func (p proxy) found(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts real processes")
	}
	path, err := exec.LookPath(p.program)
	if err != nil {
		// Where services are, which isn't on everybody's path.
		path, err = exec.LookPath(filepath.Join("/usr/sbin", p.program))
	}
	if err != nil {
		t.Skipf("%s isn't installed: apt-get install %s, as .ci/run does", p.program, p.program)
	}
	return path
}

// configured returns the documented configuration with the nodes' addresses.
func (p proxy) configured(t *testing.T, at, folder string, nodes []*process) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "deploy", "balancer", p.config))
	if err != nil {
		t.Fatal(err)
	}
	config := p.fill(string(raw), folder)
	replace := func(old, with string) {
		if strings.Count(config, old) != 1 {
			t.Fatalf("%s has %q %d times", p.config, old, strings.Count(config, old))
		}
		config = strings.Replace(config, old, with, 1)
	}
	replace(p.listen, fmt.Sprintf(p.on, at))
	for i, n := range nodes {
		replace(fmt.Sprintf("10.0.0.1%d:8761", i+1), n.node.HTTP)
	}
	return config
}

// balancer is a running proxy before the read nodes of a fleet.
type balancer struct {
	t       *testing.T
	proxy   proxy
	address string
	web     *http.Client
	cmd     *exec.Cmd
	said    lockedBuffer
	ended   chan struct{}
}

// balance starts the proxy before the read nodes, and waits until it serves.
func (f *fleet) balance(p proxy, address string) *balancer {
	f.t.Helper()
	b := &balancer{t: f.t, proxy: p, address: address, web: webIn(f.t, loopback{}), ended: make(chan struct{})}
	folder := f.t.TempDir()
	config := filepath.Join(folder, p.config)
	if err := os.WriteFile(config, []byte(p.configured(f.t, address, folder, f.reads)), 0o600); err != nil {
		f.t.Fatal(err)
	}
	b.cmd = exec.Command(p.found(f.t), p.args(config, folder)...)
	b.cmd.Stdout, b.cmd.Stderr = &b.said, &b.said
	dev.Tie(b.cmd)
	started := make(chan error)
	go func() {
		defer close(b.ended)
		_ = loopback{}.inside(func() error {
			err := b.cmd.Start()
			started <- err
			if err == nil {
				_ = b.cmd.Wait() // how it ended, nobody asks
			}
			return nil
		})
	}()
	if err := <-started; err != nil {
		f.t.Fatalf("start %s: %v", p.program, err)
	}
	f.t.Cleanup(b.stop)
	f.eventually(p.program+" to serve", b.serves)
	return b
}

// serves asks, through it, whether a node is ready.
func (b *balancer) serves() error {
	select {
	case <-b.ended:
		b.t.Fatalf("%s has ended", b.proxy.program)
	default:
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+b.address+ops.PathReady, nil)
	if err != nil {
		return err
	}
	answer, err := b.web.Do(request)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("answers %s", answer.Status)
	}
	return nil
}

func (b *balancer) stop() {
	_ = b.cmd.Process.Signal(syscall.SIGTERM) // or it has ended
	<-b.ended
	if b.t.Failed() {
		b.t.Logf("%s said:\n%s", b.proxy.program, b.said.String())
	}
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
