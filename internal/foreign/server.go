package foreign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Bounds of starting a server, and how often it is looked at meanwhile.
const (
	startPatience = 3 * time.Minute // takes seconds on a machine with nothing else to do
	startPoll     = 50 * time.Millisecond
	askPatience   = 5 * time.Second
)

// springEureka is where the server's project is, within this module.
const springEureka = "internal/eurekatest/servers/spring-eureka"

// ownHost is the name that a server thinks its host has. It passes over the peer whose
// URL has it; by their true name all servers of this machine would be passed over.
const ownHost = "spring-eureka.invalid"

// ServerConfig says how a Eureka server is to run.
type ServerConfig struct {
	// Address is where it listens, such as 127.0.0.1:8761; empty: any port of the
	// loopback address. A server that is started again, or is told to others before it
	// starts, wants one.
	Address string
	// Peers are the service URLs of other servers that it tells its registrations to,
	// and takes the registry from when it starts, such as http://127.0.0.1:8762/eureka/.
	Peers []string
	// Java are arguments for the virtual machine, such as -Xmx512m.
	Java []string
	// Settings are further command line properties, such as
	// --eureka.server.eviction-interval-timer-in-ms=1000. They count more than ours.
	Settings []string
	// Log gets what the server writes; nil: nobody.
	Log io.Writer
}

// Server is a running Eureka server: Netflix', as Spring Cloud ships it.
type Server struct {
	*Process
	// URL is its service URL, such as http://127.0.0.1:8761/eureka/.
	URL string
}

// StartServer builds the server, if need be, starts it and waits until it answers. It
// has no self-preservation and no cache that would show what is old; Settings may say
// otherwise.
func StartServer(ctx context.Context, config ServerConfig) (*Server, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	jar, err := Maven(ctx, filepath.Join(root, springEureka))
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "spring-eureka")
	if err != nil {
		return nil, fmt.Errorf("start spring-eureka: %w", err)
	}
	args, err := config.arguments(jar, folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	portFile := filepath.Join(folder, "port")
	cmd := exec.Command("java", args...)
	cmd.Env = append(os.Environ(), "PORTFILE="+portFile)
	cmd.Stdout, cmd.Stderr = config.Log, config.Log
	process, err := Start("spring-eureka", cmd)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	go func() { // ends with the process
		<-process.Ended()
		_ = os.RemoveAll(folder) // in the system's folder for such things
	}()
	s := &Server{Process: process}
	if err := s.await(ctx, portFile); err != nil {
		s.Kill()
		return nil, fmt.Errorf("start spring-eureka: %w", err)
	}
	return s, nil
}

// arguments returns what java is given. Spring takes the first of settings that are
// given twice for a list, so ours are left out where the caller has his own.
func (c *ServerConfig) arguments(jar, folder string) ([]string, error) {
	host, port := "127.0.0.1", "0"
	if c.Address != "" {
		var err error
		if host, port, err = net.SplitHostPort(c.Address); err != nil {
			return nil, fmt.Errorf("start spring-eureka: %w", err)
		}
	}
	args := append([]string{"-XX:TieredStopAtLevel=1", "-Xmx256m"}, c.Java...)
	args = append(args, "-Djava.io.tmpdir="+folder, "-jar", jar)
	for _, ours := range c.settings(host, port) {
		name, _, _ := strings.Cut(ours, "=")
		if !slices.ContainsFunc(c.Settings, func(s string) bool { return strings.HasPrefix(s, name+"=") }) {
			args = append(args, ours)
		}
	}
	return append(args, c.Settings...), nil
}

func (c *ServerConfig) settings(host, port string) []string {
	peers := c.Peers
	if len(peers) == 0 {
		peers = []string{"http://" + ownHost + "/eureka/"} // it wants one, and passes over its own
	}
	return []string{
		"--server.address=" + host,
		"--server.port=" + port,
		"--spring.application.name=eureka",
		"--spring.main.banner-mode=off",
		"--eureka.client.service-url.defaultZone=" + strings.Join(peers, ","),
		"--eureka.client.register-with-eureka=false",
		fmt.Sprintf("--eureka.client.fetch-registry=%t", len(c.Peers) > 0), // which is where a server takes the registry from
		"--eureka.instance.hostname=" + ownHost,
		"--eureka.server.enable-self-preservation=false",
		"--eureka.server.use-read-only-response-cache=false",
		"--eureka.server.response-cache-update-interval-ms=1000",
		"--eureka.server.eviction-interval-timer-in-ms=1000",
		"--eureka.server.wait-time-in-ms-when-sync-empty=0",
		"--eureka.server.peer-node-connect-timeout-ms=2000", // 200 ms is little for a busy machine
		"--eureka.server.peer-node-read-timeout-ms=5000",
	}
}

// await waits until the server shows its registry.
func (s *Server) await(ctx context.Context, portFile string) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	ticker := time.NewTicker(startPoll)
	defer ticker.Stop()
	for {
		if s.URL == "" {
			if port, err := os.ReadFile(portFile); err == nil && len(port) > 0 {
				s.URL = "http://127.0.0.1:" + strings.TrimSpace(string(port)) + "/eureka/"
			}
		}
		if s.URL != "" && shows(ctx, s.URL) {
			return nil
		}
		select {
		case <-ticker.C:
		case <-s.Ended():
			return fmt.Errorf("it ended with %d", s.ExitCode())
		case <-ctx.Done():
			return fmt.Errorf("it doesn't answer: %w", ctx.Err())
		}
	}
}

func shows(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"apps", nil)
	if err != nil {
		return false
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
