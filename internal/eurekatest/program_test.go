package eurekatest

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"heureka/internal/dev"
	"heureka/internal/foreign"
	"heureka/model"
)

// What clients are told to do, in seconds: a lease is short, so that tests needn't wait.
const (
	renewSeconds = 2
	leaseSeconds = 6
	fetchSeconds = 1
)

// program is a running client of others.
type program struct {
	key     model.Key
	port    int
	started time.Time
	process *foreign.Process
	in      io.WriteCloser
	said    lines
}

// run starts a client that prefers those nodes, told that as well.
func run(t *testing.T, command, env []string, key model.Key, nodes []*node) *program {
	t.Helper()
	var urls []string
	for _, n := range nodes {
		urls = append(urls, eureka(n, ""))
	}
	p := &program{key: key, port: freePort(t), started: time.Now()}
	p.said.answers = make(chan string, maxAnswers)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(append(os.Environ(), env...),
		"EUREKA_URLS="+strings.Join(urls, ","), "EUREKA_APP="+key.App, "EUREKA_ID="+key.ID, fmt.Sprint("EUREKA_PORT=", p.port),
		fmt.Sprint("EUREKA_RENEW_S=", renewSeconds), fmt.Sprint("EUREKA_LEASE_S=", leaseSeconds), fmt.Sprint("EUREKA_FETCH_S=", fetchSeconds))
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	var err error
	if p.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if p.process, err = foreign.Start(key.String(), cmd); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.process.Kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", key, &p.said)
		}
	})
	return p
}

// freePort returns a port that nobody listens on, nor will before the test ends: a program
// takes its time to start.
func freePort(t *testing.T) int {
	t.Helper()
	plan, release, err := dev.FreePlan(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	_, port, err := net.SplitHostPort(plan.Writes()[0].HTTP)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// answer waits for what the program says next.
func (p *program) answer(t *testing.T) string {
	t.Helper()
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case answer := <-p.said.answers:
		return answer
	case <-p.process.Ended():
		select {
		case answer := <-p.said.answers: // its last
			return answer
		default:
			t.Fatalf("%s has ended with %d", p.key, p.process.ExitCode())
		}
	case <-timeout.C:
		t.Fatalf("%s says nothing", p.key)
	}
	return ""
}

// order has the program do something, and returns what it adds to ok.
func (p *program) order(t *testing.T, words ...string) string {
	t.Helper()
	order := strings.Join(words, " ")
	if _, err := io.WriteString(p.in, order+"\n"); err != nil {
		t.Fatalf("%s is told to %s: %v", p.key, order, err)
	}
	answer := p.answer(t)
	if answer != "ok" && !strings.HasPrefix(answer, "ok ") {
		t.Fatalf("%s is told to %s: %s", p.key, order, answer)
	}
	return strings.TrimPrefix(answer, "ok")
}

// sees waits until the program's own copy of the registry has of that instance what is
// wanted; empty: nothing. It returns when it was seen.
func (p *program) sees(t *testing.T, key model.Key, want string) time.Time {
	t.Helper()
	eventually(t, fmt.Sprintf("%s to see %s as %q", p.key, key, want), func() error {
		held := p.order(t, "see", key.App)
		if status(held, key.ID) != want {
			return fmt.Errorf("it sees%s", held)
		}
		return nil
	})
	return time.Now()
}

// status returns what an answer to see says of an instance.
func status(held, id string) string {
	for _, one := range strings.Fields(held) {
		if name, status, _ := strings.Cut(one, "="); name == id {
			return status
		}
	}
	return ""
}
