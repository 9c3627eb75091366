package clustertest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"heureka/client"
	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"
)

// driving is the environment variable that makes this program a driver: a process
// of subscribers. It obeys orders, one a line, and answers each by a line.
const driving = "HEUREKA_CLUSTERTEST_DRIVER"

// order is what a driver is told to do.
type order struct {
	Do          string // subscribe, tell, judge
	Nodes       []string
	Subscribers int
	Dial        time.Duration // for a handshake; 0: as long as the SDK has it
	Apps        int
	File        string // of what is registered
}

// tally is what a driver says of its subscribers.
type tally struct {
	Error string // the order couldn't be obeyed

	Level     int            // have been told everything on their present connection
	Nodes     map[string]int // by the node that they are connected to
	Resumes   uint64
	Refusals  uint64 // of tokens
	Repairs   uint64
	Snapshots int
	Dialled   int
	Refused   map[string]int // handshakes, by status
	TurnedOff map[int]int    // how many were refused so often
	Back      []int64        // ms from the loss of a connection until all was told, rising
	Wrong     []string       // what the judges found
}

// quantile returns the time within which that share was back.
func (t *tally) quantile(share float64) time.Duration {
	if len(t.Back) == 0 {
		return 0
	}
	at := min(int(share*float64(len(t.Back))), len(t.Back)-1)
	return time.Duration(t.Back[at]) * time.Millisecond
}

// driver is the parent's end of such a process.
type driver struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Reader
}

// drive starts a driver, which ends with the test.
func drive(t *testing.T) *driver {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), driving+"=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil { // it ends with its input
			t.Errorf("the driver: %v", err)
		}
	})
	return &driver{t: t, in: in, out: bufio.NewReader(out)}
}

// order has the driver obey.
func (d *driver) order(o order) *tally {
	d.t.Helper()
	if err := json.NewEncoder(d.in).Encode(o); err != nil {
		d.t.Fatal(err)
	}
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		d.t.Fatalf("the driver was told to %s: %v", o.Do, err)
	}
	answer := new(tally)
	if err := json.Unmarshal(line, answer); err != nil {
		d.t.Fatal(err)
	}
	if answer.Error != "" {
		d.t.Fatalf("the driver was told to %s: %s", o.Do, answer.Error)
	}
	return answer
}

// judged has the driver compare all views with what is registered, until they are
// right or it has been long enough, and fails the test by what isn't.
func (d *driver) judged(registered []*model.Instance) {
	d.t.Helper()
	var lines []byte
	for _, in := range registered {
		var err error
		if lines, err = wire.AppendJSON(lines, &wire.Register{Instance: in}); err != nil {
			d.t.Fatal(err)
		}
	}
	file := d.t.TempDir() + "/registered"
	if err := os.WriteFile(file, lines, 0o600); err != nil {
		d.t.Fatal(err)
	}
	wrong := d.order(order{Do: "judge", File: file}).Wrong
	for _, w := range wrong[:min(20, len(wrong))] {
		d.t.Error(w)
	}
	if len(wrong) > 20 {
		d.t.Errorf("and %d more", len(wrong)-20)
	}
}

// wheel is the child's end: the subscribers.
type wheel struct {
	client *client.Client
	seats  []*seat
	taking sync.WaitGroup
}

// obeyOrders is the driver's main.
func obeyOrders() {
	w := new(wheel)
	orders, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var o order
		if err := orders.Decode(&o); err != nil {
			if w.client != nil {
				w.client.Close()
			}
			w.taking.Wait()
			if errors.Is(err, io.EOF) {
				os.Exit(0)
			}
			os.Exit(1)
		}
		answer := new(tally)
		var err error
		switch o.Do {
		case "subscribe":
			err = w.subscribe(o)
		case "tell":
			answer = w.tell()
		case "judge":
			answer.Wrong, err = w.judge(o.File)
		default:
			err = fmt.Errorf("there is no order %q", o.Do)
		}
		if err != nil {
			answer.Error = err.Error()
		}
		if err := answers.Encode(answer); err != nil {
			os.Exit(1)
		}
	}
}

// subscribe fills the seats.
func (w *wheel) subscribe(o order) error {
	var err error
	if w.client, err = client.New(client.Config{ReadNodes: o.Nodes, DialTimeout: o.Dial, HTTPClient: tapped()}); err != nil {
		return err
	}
	for n := range o.Subscribers {
		interests := []interest.Interest{interestOf(n, o.Apps)}
		set, err := interest.NewSet(interest.DefaultLimits(), interests)
		if err != nil {
			return err
		}
		s := &seat{
			name: fmt.Sprintf("subscriber %d to %s", n, set), set: set, bounds: promise.Bounds{Frame: 64 << 10},
			refused: make(map[string]int), gone: make(map[model.Key]bool),
		}
		if err := s.take(w.client, interests, &w.taking); err != nil {
			return err
		}
		w.seats = append(w.seats, s)
	}
	return nil
}

// interestOf returns the interest of the n-th subscriber: mostly in an application,
// some in a vip, a few in a pattern, and hardly any in everything.
func interestOf(n, apps int) interest.Interest {
	switch {
	case n%2000 == 1:
		return full
	case n%200 == 2:
		return interest.Interest{Kind: interest.App, Op: interest.Like, Value: fmt.Sprintf("APP-%d.", n/200%10)}
	case n%100 == 3:
		return interest.Interest{Kind: interest.VIP, Value: fmt.Sprintf("vip-%d", n/100%vips)}
	default:
		return interest.Interest{Kind: interest.App, Value: fmt.Sprintf("APP-%d", n%apps)}
	}
}

// tell adds up how the subscribers are.
func (w *wheel) tell() *tally {
	out := &tally{Nodes: make(map[string]int), Refused: make(map[string]int), TurnedOff: make(map[int]int)}
	for _, s := range w.seats {
		status := s.subscription.Status()
		if status.Connected {
			out.Level++
		}
		out.Nodes[status.Node]++
		out.Resumes += status.Resumes
		out.Refusals += status.Refusals
		out.Repairs += status.Repairs
		s.mu.Lock()
		out.Snapshots += s.snapshots
		out.Dialled += s.dialled
		refused := 0
		for status, n := range s.refused {
			out.Refused[status] += n
			refused += n
		}
		out.TurnedOff[refused]++
		for _, took := range s.back {
			out.Back = append(out.Back, took.Milliseconds())
		}
		s.mu.Unlock()
	}
	slices.Sort(out.Back)
	return out
}

// judge waits until every view is right, or something is wrong that stays so, and
// returns what is wrong.
func (w *wheel) judge(file string) ([]string, error) {
	lines, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	registered := make(map[string][]*model.Instance)
	for m, err := range wire.FormatJSON.Messages(lines) {
		if err != nil {
			return nil, err
		}
		in := m.(*wire.Register).Instance.Canonical()
		registered[in.App] = append(registered[in.App], in)
	}
	wrong := make(map[*seat][]string)
	for _, s := range w.seats {
		wrong[s] = nil
	}
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(patience); len(wrong) > 0 && time.Now().Before(end); <-again.C {
		for s := range wrong {
			var final bool
			if wrong[s], final = s.verdict(registered); final {
				return wrong[s], nil
			}
			if len(wrong[s]) == 0 {
				delete(wrong, s)
			}
		}
	}
	return slices.Concat(slices.Collect(maps.Values(wrong))...), nil
}
