package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"heureka/internal/bench"
)

// connections is how many each driver keeps.
const connections = 16

// driver asks one contender's servers.
type driver struct {
	population population
	addresses  []string
	conns      []*conn
	next       atomic.Int64 // the first instance that nobody has registered
}

func serveDriver(in io.Reader, out io.Writer) error {
	d := &driver{}
	return bench.Obey(in, out, bench.Started{}, map[string]bench.Command{
		"open":    bench.With(d.open),
		"connect": bench.With(d.connect),
		"fill":    bench.With(d.fill),
		"loop":    bench.With(d.loop),
		"change":  bench.With(d.change),
		"poll":    bench.With(d.poll),
	})
}

// opening are the arguments of "open", before all else. The connections go to the
// addresses in turn.
type opening struct {
	Addresses  []string   `json:"addresses"`
	Population population `json:"population"`
}

func (d *driver) open(args opening) (any, error) {
	d.population, d.addresses = args.Population, args.Addresses
	return nil, nil
}

// connect connects anew: servers close connections that were idle for a while, as
// those of whoever waits for his turn are.
func (d *driver) connect(struct{}) (any, error) {
	for _, c := range d.conns {
		_ = c.socket.Close() // nothing is awaited on it
	}
	d.conns = nil
	for n := range connections {
		c, err := dial(d.addresses[n%len(d.addresses)])
		if err != nil {
			return nil, err
		}
		d.conns = append(d.conns, c)
	}
	return nil, nil
}

// all lets all connections do something at the same time.
func (d *driver) all(do func(n int, c *conn) error) error {
	errs := make([]error, len(d.conns))
	var working sync.WaitGroup
	for n, c := range d.conns {
		working.Go(func() { errs[n] = do(n, c) })
	}
	working.Wait()
	return errors.Join(errs...)
}

// fill registers the whole population, each instance over the connection that renews
// it later.
func (d *driver) fill(struct{}) (any, error) {
	p := d.population
	err := d.all(func(n int, c *conn) error {
		var request []byte
		for k := n; k < p.Instances; k += len(d.conns) {
			request = p.register(request[:0], k, 0)
			if _, err := c.expect(request, http.StatusNoContent); err != nil {
				return err
			}
		}
		return nil
	})
	d.next.Store(int64(p.Instances))
	return nil, err
}

// What is asked for in loops.
const (
	askHeartbeat = "heartbeat"
	askRegister  = "register" // a new instance each time
	askGet       = "get"
)

// looping are the arguments of "loop".
type looping struct {
	Ask     string  `json:"ask"`
	Path    string  `json:"path,omitempty"`
	Gzip    bool    `json:"gzip,omitempty"`
	Aside   int     `json:"aside,omitempty"` // heartbeats go over the connection so many further
	Seconds float64 `json:"seconds"`
	Rate    float64 `json:"rate,omitempty"` // a second, of all together; 0: as fast as answers come
}

// looped is the answer.
type looped struct {
	Answers int     `json:"answers"`
	Seconds float64 `json:"seconds"`
	Length  int     `json:"length"` // bytes of the last body
	Made    int     `json:"made"`   // instances registered in all
}

func (d *driver) loop(args looping) (any, error) {
	begin := time.Now()
	until := begin.Add(time.Duration(args.Seconds * float64(time.Second)))
	counts, lengths := make([]int, len(d.conns)), make([]int, len(d.conns))
	err := d.all(func(n int, c *conn) error {
		request, status, err := d.asker(args, n)
		if err != nil {
			return err
		}
		pace := newPace(args.Rate, n, len(d.conns), begin)
		for pace.wait(counts[n]); time.Now().Before(until); pace.wait(counts[n]) {
			if lengths[n], err = c.expect(request(counts[n]), status); err != nil {
				return err
			}
			counts[n]++
		}
		return nil
	})
	answer := looped{Seconds: time.Since(begin).Seconds(), Length: lengths[0], Made: int(d.next.Load())}
	for _, n := range counts {
		answer.Answers += n
	}
	return answer, err
}

// asker returns what makes the i-th request of connection n, and the status that is
// wanted.
func (d *driver) asker(args looping, n int) (request func(i int) []byte, status int, err error) {
	p := d.population
	switch args.Ask {
	case askHeartbeat:
		var all [][]byte
		for k := (n + args.Aside) % len(d.conns); k < p.Instances; k += len(d.conns) {
			all = append(all, p.heartbeat(k, 0))
		}
		if len(all) == 0 {
			return nil, 0, errors.New("there are fewer instances than connections")
		}
		return func(i int) []byte { return all[i%len(all)] }, http.StatusOK, nil
	case askRegister:
		var buffer []byte
		return func(int) []byte {
			buffer = p.register(buffer[:0], int(d.next.Add(1)-1), 0)
			return buffer
		}, http.StatusNoContent, nil
	case askGet:
		fixed := get(args.Path, args.Gzip)
		return func(int) []byte { return fixed }, http.StatusOK, nil
	default:
		return nil, 0, fmt.Errorf("nobody asks for %q", args.Ask)
	}
}

// pace spreads requests evenly over time and connections.
type pace struct {
	begin time.Time
	each  time.Duration // 0: at once
}

func newPace(rate float64, n, of int, begin time.Time) pace {
	if rate == 0 {
		return pace{begin: begin}
	}
	each := time.Duration(float64(of) / rate * float64(time.Second))
	return pace{begin.Add(each * time.Duration(n) / time.Duration(of)), each}
}

// wait waits until the i-th request is due.
func (p pace) wait(i int) {
	if p.each > 0 {
		time.Sleep(time.Until(p.begin.Add(p.each * time.Duration(i))))
	}
}
