package client_test

import (
	"testing"
	"time"

	"heureka/client"
)

// open returns a client of the nodes; both end with the test.
func open(t *testing.T, cfg client.Config, nodes ...*node) *client.Client {
	t.Helper()
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		for _, n := range nodes {
			n.stop()
		}
	})
	return c
}

// async runs f beside the test, which speaks the node's part meanwhile.
func async[T any](f func() (T, error)) func(*testing.T) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	return func(t *testing.T) (T, error) {
		t.Helper()
		select {
		case r := <-done:
			return r.value, r.err
		case <-time.After(patience):
			t.Fatal("the call didn't return")
			panic("unreachable")
		}
	}
}

func asyncErr(f func() error) func(*testing.T) error {
	wait := async(func() (struct{}, error) { return struct{}{}, f() })
	return func(t *testing.T) error {
		t.Helper()
		_, err := wait(t)
		return err
	}
}
