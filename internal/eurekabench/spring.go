package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"heureka/internal/bench"
	"heureka/internal/foreign"
)

// What Spring's clients are told, in seconds.
const (
	springFetch = 1
	springRenew = 2
	springLease = shortLease
)

// springs starts services with Spring's client.
type springs struct {
	stage *stage
	jar   string
}

// findSprings builds the client. Without Java and Maven there is none, but a reason.
func (s *stage) findSprings() (*springs, string, error) {
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			return nil, "not run: there is no " + tool, nil
		}
	}
	jar, err := foreign.JavaClient(s.Context, "spring-boot")
	return &springs{s, jar}, "", err
}

// spring is a running service of Spring Cloud's, which speaks as package eurekatest says.
type spring struct {
	app, id string
	process *foreign.Process
	in      io.WriteCloser
	said    *answers
}

// start starts a service that talks to that server.
func (c *springs) start(server, app, id string) (*spring, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(c.stage.Folder, id+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the client has its own by then
	p := &spring{app: app, id: id, said: &answers{lines: make(chan string, maxAnswers)}}
	cmd := exec.Command("java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", c.jar)
	cmd.Env = append(os.Environ(), "EUREKA_URLS=http://"+server+"/eureka/", "EUREKA_APP="+app, "EUREKA_ID="+id, fmt.Sprint("EUREKA_PORT=", port),
		fmt.Sprint("EUREKA_RENEW_S=", springRenew), fmt.Sprint("EUREKA_LEASE_S=", springLease), fmt.Sprint("EUREKA_FETCH_S=", springFetch))
	cmd.Stdout, cmd.Stderr = p.said, log
	if p.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.process, err = foreign.Start(id, cmd); err != nil {
		return nil, err
	}
	c.stage.Adopt(id, "", p.process.PID(), p.process.Kill)
	return p, nil
}

// order has the service do something, and returns what it adds to ok.
func (p *spring) order(words string, patience time.Duration) (string, error) {
	if _, err := io.WriteString(p.in, words+"\n"); err != nil {
		return "", fmt.Errorf("%s is told to %s: %w", p.id, words, err)
	}
	answer, err := p.answer(patience)
	held, ok := strings.CutPrefix(answer, "ok")
	if err == nil && !ok {
		err = errors.New(answer)
	}
	if err != nil {
		return "", fmt.Errorf("%s is told to %s: %w", p.id, words, err)
	}
	return held, nil
}

// awaitReady waits until the service sees itself. Only then it takes orders.
func (p *spring) awaitReady(patience time.Duration) error {
	answer, err := p.answer(patience)
	if err == nil && answer != "ready" {
		err = fmt.Errorf("%s says %s", p.id, answer)
	}
	return err
}

// answer waits for what the service says next.
func (p *spring) answer(patience time.Duration) (string, error) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case answer := <-p.said.lines:
		return answer, nil
	case <-p.process.Ended():
		select {
		case answer := <-p.said.lines: // its last
			return answer, nil
		default:
			return "", fmt.Errorf("%s has ended with %d", p.id, p.process.ExitCode())
		}
	case <-timeout.C:
		return "", fmt.Errorf("%s says nothing", p.id)
	}
}

// status returns what the service's own copy of the registry has of another, "" for
// nothing.
func (p *spring) status(of *spring) (string, error) {
	held, err := p.order("see "+of.app, bench.Patience)
	for _, one := range strings.Fields(held) {
		if id, status, _ := strings.Cut(one, "="); id == of.id {
			return status, err
		}
	}
	return "", err
}

// maxAnswers bounds those that nobody has taken, and maxLine a line of the log.
const (
	maxAnswers = 16
	maxLine    = 64 << 10
)

// answers takes a service's output, of which only lines that begin with @@ are for us.
type answers struct {
	lines chan string
	mu    sync.Mutex // guards rest
	rest  []byte     // of a line that isn't whole yet
}

// Write takes some more of the output.
func (a *answers) Write(data []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rest = append(a.rest, data...)
	for {
		line, rest, whole := bytes.Cut(a.rest, []byte("\n"))
		if !whole {
			a.rest = a.rest[max(0, len(a.rest)-maxLine):]
			return len(data), nil
		}
		if answer, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "@@ "); ok {
			select {
			case a.lines <- answer:
			default: // nobody asked for it
			}
		}
		a.rest = rest
	}
}

// freePort returns one where nobody listens.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
