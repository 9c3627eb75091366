package main

import (
	"errors"
	"fmt"
	"time"

	"heureka/internal/bench"
)

// judge fetches what a server shows, plain and compressed, and compares it with the
// population after so many changes, and the delta with that. A server may take that
// long to show everything.
func judge(address string, p population, total int, patience time.Duration) error {
	c, err := dial(address)
	if err != nil {
		return err
	}
	defer c.socket.Close()
	const look = 50 * time.Millisecond
	for deadline := time.Now().Add(patience); ; time.Sleep(look) {
		err = judgeOnce(c, p, total)
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

func judgeOnce(c *conn, p population, total int) error {
	for _, gzip := range []bool{true, false} {
		whole, err := fetchDocument(c, pathApps, gzip)
		if err != nil {
			return err
		}
		if err := p.judge(whole, total); err != nil {
			return fmt.Errorf("apps, gzip %t: %w", gzip, err)
		}
		delta, err := fetchDocument(c, pathDelta, gzip)
		if err != nil {
			return err
		}
		if err := judgeDelta(delta, whole); err != nil {
			return fmt.Errorf("apps/delta, gzip %t: %w", gzip, err)
		}
	}
	return nil
}

func fetchDocument(c *conn, path string, gzip bool) (document, error) {
	raw, err := c.fetch(path, gzip)
	if err != nil {
		return document{}, err
	}
	return decode(raw)
}

// judge compares a whole document with what is registered.
func (p population) judge(d document, total int) error {
	held := tableOf(d)
	if len(held) != len(d.Rows) || len(held) != p.Instances {
		return fmt.Errorf("%d instances are registered, %d are shown in %d rows", p.Instances, len(held), len(d.Rows))
	}
	for k := range p.Instances {
		got := held[p.app(k)+"/"+idOf(k)]
		mark := fmt.Sprintf("%09d", p.last(k, total))
		if got.Metadata["mark"] != mark || got.Host != hostOf(k) || got.Address != addressOf(k) || got.VIP != p.vip(k) || got.Status != "UP" ||
			got.DirtyText.String() != fmt.Sprint(began+p.last(k, total)) {
			return fmt.Errorf("instance %d is shown as %+v, after change %s", k, got, mark)
		}
	}
	if want := held.hash(); d.Hash != want {
		return fmt.Errorf("the hash code is %q, of what is shown %q", d.Hash, want)
	}
	return nil
}

// judgeDelta judges that a client which holds everything still does after the delta.
func judgeDelta(delta, whole document) error {
	held := tableOf(whole)
	held.apply(delta)
	for _, row := range whole.Rows {
		if got := held[row.key()]; got.Metadata["mark"] != row.Metadata["mark"] || got.Status != row.Status {
			return fmt.Errorf("%s is %+v after it, %+v in all", row.key(), got, row)
		}
	}
	if got := held.hash(); got != delta.Hash || got != whole.Hash {
		return fmt.Errorf("its hash code is %q, that of a client after it %q, that of all %q", delta.Hash, got, whole.Hash)
	}
	return nil
}

// judgeKept judges that every write node holds as many as were registered, and some
// of them as they were said.
func judgeKept(nodes []*bench.Process, p population, made int) error {
	const samples = 50
	p.Instances = made
	var failed []error
	for _, node := range nodes {
		c, err := dial(node.Started.Address)
		if err != nil {
			return err
		}
		for i := range samples {
			k := i * 7919 % made
			if err := judgeInstance(c, p, k); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", node.Name, err))
			}
		}
		_ = c.socket.Close() // what it said has been read
	}
	return errors.Join(failed...)
}

func judgeInstance(c *conn, p population, k int) error {
	raw, err := c.fetch(p.path(k), false)
	if err != nil {
		return err
	}
	got, err := decodeInstance(raw)
	if err != nil {
		return err
	}
	if got.ID != idOf(k) || got.App != p.app(k) || got.Metadata["mark"] != fmt.Sprintf("%09d", 0) || got.Status != "UP" {
		return fmt.Errorf("instance %d is %+v", k, got)
	}
	return nil
}
