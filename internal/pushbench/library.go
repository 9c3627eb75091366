package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// makeBucket makes the key-value store of a NATS server.
func makeBucket(ctx context.Context, server string) error {
	conn, err := nats.Connect("nats://" + server)
	if err != nil {
		return fmt.Errorf("make a bucket: %w", err)
	}
	defer conn.Close()
	stream, err := jetstream.New(conn)
	if err != nil {
		return fmt.Errorf("make a bucket: %w", err)
	}
	_, err = stream.CreateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: bucket, Storage: jetstream.MemoryStorage, MaxBytes: maxStream,
	})
	if err != nil {
		return fmt.Errorf("make a bucket: %w", err)
	}
	return nil
}

// openLibrary connects a subscriber that hears through NATS' client library.
func (s *seat) openLibrary(args openSeats) error {
	conn, err := nats.Connect("nats://"+args.Address, nats.NoReconnect(), nats.Timeout(patience))
	if err != nil {
		return err
	}
	s.close = conn.Close
	app := args.Population.app(s.view.first)
	s.begin = func() error { return s.watch(conn, app, args.Wish) }
	if args.Kind == kindNATSGo {
		s.begin = func() error { return s.hear(conn, app) }
	}
	return nil
}

// hear subscribes to core NATS.
func (s *seat) hear(conn *nats.Conn, app string) error {
	if err := s.unregistered(); err != nil {
		return err
	}
	_, err := conn.Subscribe(subject(app), func(m *nats.Msg) { s.record(m.Data) })
	if err != nil {
		return err
	}
	return conn.FlushTimeout(patience)
}

// watch watches the keys of an application, or all.
func (s *seat) watch(conn *nats.Conn, app, wish string) error {
	stream, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	values, err := stream.KeyValue(ctx, bucket)
	if err != nil {
		return err
	}
	keys := app + ".>"
	if wish == wantFull {
		keys = ">"
	}
	watcher, err := values.Watch(context.Background(), keys)
	if err != nil {
		return err
	}
	go func() {
		for entry := range watcher.Updates() { // until the connection is closed
			if entry != nil {
				s.record(entry.Value())
				continue
			}
			s.mu.Lock()
			s.view.complete(time.Now().UnixNano())
			s.mu.Unlock()
		}
	}()
	return nil
}

// record takes a record that the library hands over.
func (s *seat) record(data []byte) {
	if err := s.takeRecord(data, time.Now().UnixNano()); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.view.fail("%v", err)
	}
}
