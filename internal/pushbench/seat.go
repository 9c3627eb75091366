package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"heureka/interest"
	"heureka/wire"
)

// seat is one subscriber. What it is told is taken by one goroutine, and looked at
// by orders meanwhile.
type seat struct {
	asks   []interest.Interest
	conn   net.Conn // nil of a library's client
	format wire.Format
	tongue *tongue
	begin  func() error // subscribes
	close  func()

	mu     sync.Mutex // guards all below
	view   *view
	frames [][]byte // as they came, of a seat that is judged in full; of others nil
	judged bool
	ended  error // why the connection has ended
}

// openSeats are the arguments of "open".
type openSeats struct {
	Kind       string     `json:"kind"`
	Address    string     `json:"address"`
	Count      int        `json:"count"`
	Population population `json:"population"`
	Wish       string     `json:"wish"`
	Each       int        `json:"each"`  // interests of one, if it has several
	Judge      int        `json:"judge"` // every how-manyeth is judged in full; 0: none
}

// openSeat connects the n-th subscriber; it doesn't subscribe yet.
func openSeat(ctx context.Context, args openSeats, n int) (*seat, error) {
	s := &seat{view: newView(spanOf(args.Population, args.Wish, n, args.Each))}
	s.judged = args.Kind == kindHeureka && args.Judge > 0 && n%args.Judge == 0
	s.asks = asksOf(args.Population, args.Wish, s.view.span)
	switch args.Kind {
	case kindHeureka:
		return s, s.openHeureka(ctx, args.Address)
	case kindBare, kindSocket:
		return s, s.openBare(ctx, args.Address)
	case kindWebsocket:
		conn, _, err := dialSocket(ctx, args.Address, "/", nil)
		s.listen(conn)
		return s, err
	case kindNATS:
		return s, s.openNATS(ctx, args)
	case kindNATSGo, kindKV:
		return s, s.openLibrary(args)
	}
	return nil, fmt.Errorf("nobody listens to %q", args.Kind)
}

// asksOf returns the interests of a subscriber.
func asksOf(p population, wish string, s span) []interest.Interest {
	switch wish {
	case wantApp:
		return []interest.Interest{{Kind: interest.App, Value: p.app(s.first)}}
	case wantFull:
		return []interest.Interest{{Kind: interest.Full}}
	}
	asks := make([]interest.Interest, s.count)
	for i := range asks {
		asks[i] = interest.Interest{Kind: interest.VIP, Value: p.vip(s.first + i)}
		if wish == wantPatterns {
			asks[i].Op, asks[i].Value = interest.Like, pattern(s.first+i)
		}
	}
	return asks
}

// pattern returns one that matches the vip of instance k and no other's. Most begin
// with what tells them apart, as people write them; some end with it, and some
// have a choice.
func pattern(k int) string {
	switch k % 10 {
	case 8:
		return fmt.Sprintf(".*-%07d-a", k)
	case 9:
		return fmt.Sprintf("svc-(%07d|x%d)-[a-z]", k, k)
	default:
		return fmt.Sprintf("svc-%07d-.*", k)
	}
}

func (s *seat) openHeureka(ctx context.Context, node string) error {
	conn, format, err := greet(ctx, node, wire.PathSubscriptions)
	if err != nil {
		return err
	}
	if s.tongue, err = newTongue(format); err != nil {
		return err
	}
	s.format = format
	s.listen(conn)
	go s.run(websocketFraming{writer(conn)}, s.takeFrame)
	s.begin = func() error {
		ask, err := masked(format, &wire.Subscribe{Seq: 1, Interests: s.asks})
		if err != nil {
			return err
		}
		_, err = conn.Write(ask)
		return err
	}
	return nil
}

func (s *seat) openBare(ctx context.Context, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	s.listen(conn)
	s.begin = s.unregistered
	go s.run(websocketFraming{writer(conn)}, s.takeRecord)
	return nil
}

func (s *seat) openNATS(ctx context.Context, args openSeats) error {
	conn, err := dialNATS(ctx, args.Address, subject(args.Population.app(s.view.first)))
	if err != nil {
		return err
	}
	s.listen(conn)
	s.begin = s.unregistered
	go s.run(natsFraming{writer(conn)}, s.takeRecord)
	return nil
}

func (s *seat) listen(conn net.Conn) {
	if conn != nil {
		s.conn, s.close = conn, func() { _ = conn.Close() } // nothing is lost with it
	}
}

// unregistered is how to subscribe where nothing is kept: what isn't changed is
// never told.
func (s *seat) unregistered() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.view.last {
		s.view.last[i] = 0
	}
	s.view.complete(time.Now().UnixNano())
	return nil
}

func (s *seat) run(framing framing, take func([]byte, int64) error) {
	err := receive(s.conn, framing, take)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = err
	if !errors.Is(err, net.ErrClosed) {
		s.view.fail("the connection ended: %v", err)
	}
}

// takeFrame takes a frame of a node.
func (s *seat) takeFrame(frame []byte, now int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.judged {
		s.frames = append(s.frames, append([]byte(nil), frame...))
	}
	return s.tongue.each(frame, func(w word, message []byte) error {
		switch w {
		case wordPut:
			return s.takeMark(message, now)
		case wordSnapshot:
			s.view.replacing = true
			s.view.snapshots++
		case wordSynced:
			s.view.complete(now)
		case wordRemove, wordError, wordGoAway:
			return fmt.Errorf("the node says %.200q", message)
		}
		return nil
	})
}

// takeRecord takes a message that is one record.
func (s *seat) takeRecord(record []byte, now int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.takeMark(record, now)
}

func (s *seat) takeMark(record []byte, now int64) error {
	m, _, found := findMark(record)
	if !found {
		return fmt.Errorf("a record without a mark: %.200q", record)
	}
	s.view.put(m, now)
	return nil
}
