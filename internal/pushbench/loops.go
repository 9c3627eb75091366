package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"heureka/wire"
)

// What closed loops ask for, again and again.
const (
	askRegister = "register" // a new instance each time, over a websocket
	askPut      = "put"      // the same of NATS KV
	askRenew    = "renew"    // a renewal by HTTP of the connection's own instance
)

// loops are connections that each ask for something, wait for the answer, and ask
// again: as many clients as there are connections, each with one wish at a time.
type loops struct {
	all []*loop
}

// loop is one connection.
type loop struct {
	conn    net.Conn
	framing framing
	format  wire.Format                       // that a node chose
	count   func(payload []byte) (int, error) // the answers in what came
	ask     []byte
	ids     []int // where in it the instance's number is, to be written over
	step    int   // from one id to the next
	next    int   // id
}

// preparing are the arguments of "prepare".
type preparing struct {
	Ask         string     `json:"ask"`
	Address     string     `json:"address"`
	Connections int        `json:"connections"`
	Population  population `json:"population"`
}

// prepare connects, and answers with the format that a node chose.
func (l *loops) prepare(args preparing) (any, error) {
	r, err := newRecords(args.Population)
	if err != nil {
		return nil, err
	}
	for n := range args.Connections {
		one, err := prepareLoop(args, r, n)
		if err != nil {
			return nil, err
		}
		l.all = append(l.all, one)
	}
	return l.all[0].format, nil
}

// prepareLoop makes the n-th connection and builds what it asks.
func prepareLoop(args preparing, r *records, n int) (*loop, error) {
	l := &loop{next: n, step: args.Connections}
	var err error
	switch args.Ask {
	case askRegister:
		err = l.register(args.Address, r, n)
	case askPut:
		err = l.put(args.Address, r, n)
	case askRenew:
		err = l.renew(args.Address, r, n)
	default:
		err = fmt.Errorf("nobody asks for %q", args.Ask)
	}
	return l, err
}

func (l *loop) register(node string, r *records, n int) error {
	conn, format, err := greet(context.Background(), node, wire.PathRegistrations)
	if err != nil {
		return err
	}
	l.conn, l.format, l.framing = conn, format, websocketFraming{writer(conn)}
	if l.count, err = countAcks(format); err != nil {
		return err
	}
	l.ask, err = masked(format, &wire.Register{Seq: 1, Instance: r.instance(mark{instance: n})})
	l.ids = places(l.ask, n)
	return err
}

func (l *loop) put(server string, r *records, n int) error {
	inbox := fmt.Sprintf("_INBOX.loop.%d", n)
	conn, err := dialNATS(context.Background(), server, inbox)
	if err != nil {
		return err
	}
	l.conn, l.framing, l.count = conn, natsFraming{writer(conn)}, countPubAcks
	record, err := r.encoded(mark{instance: n})
	l.ask = publication("$KV."+bucket+"."+keyOf(r.population, n), inbox, record)
	l.ids = places(l.ask, n)
	return err
}

func (l *loop) renew(node string, r *records, n int) error {
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", node)
	if err != nil {
		return err
	}
	l.conn, l.framing = conn, httpFraming{}
	l.count = func([]byte) (int, error) { return 1, nil }
	key := r.key(n)
	l.ask = fmt.Appendf(nil, "POST /api/v1/apps/%s/instances/%s/renew HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n",
		key.App, key.ID, node)
	return nil
}

// places returns where the number of the instance is in a message.
func places(message []byte, instance int) (at []int) {
	for _, before := range []string{"-", markSign} { // as in its id and in its mark
		text := fmt.Appendf(nil, "%s%07d", before, instance)
		for from := 0; ; {
			i := bytes.Index(message[from:], text)
			if i < 0 {
				break
			}
			from += i + len(text)
			at = append(at, from-7)
		}
	}
	return at
}

// running are the arguments of "loop".
type running struct {
	Seconds float64 `json:"seconds"`
}

// ran is the answer.
type ran struct {
	Answers int     `json:"answers"`
	Seconds float64 `json:"seconds"`
	// Made is how many instances of the population every connection has registered:
	// connection n those with the numbers n, n + connections, and so on.
	Made []int `json:"made"`
}

// run lets all connections go round at the same time.
func (l *loops) run(args running) (any, error) {
	begin := time.Now()
	until := begin.Add(time.Duration(args.Seconds * float64(time.Second)))
	counts, errs := make([]int, len(l.all)), make([]error, len(l.all))
	var working sync.WaitGroup
	for i, one := range l.all {
		working.Go(func() { counts[i], errs[i] = one.run(until) })
	}
	working.Wait()
	answer := ran{Seconds: time.Since(begin).Seconds()}
	for i, one := range l.all {
		answer.Answers += counts[i]
		answer.Made = append(answer.Made, one.next/one.step)
	}
	return answer, errors.Join(errs...)
}

// run asks until then, and returns how many answers came.
func (l *loop) run(until time.Time) (answers int, err error) {
	if err := l.conn.SetReadDeadline(until.Add(patience)); err != nil {
		return 0, err
	}
	buffer := make([]byte, smallBuffer)
	for time.Now().Before(until) {
		for _, at := range l.ids {
			putDigits(l.ask[at:at+7], uint64(l.next))
		}
		if _, err := l.conn.Write(l.ask); err != nil {
			return answers, err
		}
		if err := l.answer(buffer); err != nil {
			return answers, err
		}
		l.next += l.step
		answers++
	}
	return answers, nil
}

// answer waits for one answer.
func (l *loop) answer(buffer []byte) error {
	filled := 0
	for {
		n, err := l.conn.Read(buffer[filled:])
		if err != nil {
			return err
		}
		filled += n
		answers := 0
		used, err := takeAll(buffer[:filled], l.framing, 0, func(payload []byte, _ int64) error {
			n, err := l.count(payload)
			answers += n
			return err
		})
		if err != nil || answers > 0 {
			return err
		}
		filled = copy(buffer, buffer[used:filled])
		if filled == len(buffer) {
			return fmt.Errorf("an answer of more than %d bytes", len(buffer))
		}
	}
}

// httpFraming finds answers without a body.
type httpFraming struct{}

func (httpFraming) next(data []byte) (payload []byte, took int, err error) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	switch {
	case end < 0:
		return nil, 0, nil
	case !bytes.HasPrefix(data, []byte("HTTP/1.1 204")):
		return nil, 0, fmt.Errorf("answered %.200q", data)
	}
	return data[:end], end + 4, nil
}
