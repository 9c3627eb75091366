package eureka1

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"heureka/internal/ops"
	"heureka/model"
)

// Documents that leave from files in memory, which are Linux's.

// TestWhoIsSlowLeavesTheFile has a document that is sent from a file, and one client
// that doesn't read it: the file goes once there is another, and the client gets all of
// what it began with.
func TestWhoIsSlowLeavesTheFile(t *testing.T) {
	h := newReader(t, func(c *Config) { c.Patience = time.Minute })
	many(h, 2000)
	h.quick = 10 * time.Millisecond
	address := serveTight(t, h)
	for n := 0; inFiles(h) == 0; n++ {
		if n == 100 {
			t.Fatal("no file is made of a document that is asked for a hundred times")
		}
		if _, err := whole(begin(t, address, "apps")); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "they are through", func() bool { return len(h.slow)+len(h.reads) == 0 })
	slow := begin(t, address, "apps")
	broken := func() float64 { return brokenOff(t, h, "stalled") + brokenOff(t, h, "crowded") }
	eventually(t, "it is slow", func() bool { return len(h.slow) == 1 && len(h.reads) == 0 || broken() > 0 })
	h.node.(*reader).put(&model.Instance{App: "NEW", ID: "new", Address: "10.0.0.1", Status: model.StatusUp})
	eventually(t, "the file goes", func() bool {
		return ask(h, "GET", "/eureka/apps", "", "Accept: application/json").Code == http.StatusOK && inFiles(h) == 0
	})
	if len(h.slow) != 1 {
		t.Error("it isn't slow any more")
	}
	if n, err := whole(slow); err != nil || n < 1<<20 {
		t.Errorf("who reads at last gets %d bytes, %v", n, err)
	}
	eventually(t, "it is through", func() bool { return len(h.slow)+len(h.reads) == 0 })
	if broken() > 0 {
		t.Errorf("%v are broken off", broken())
	}
}

func inFiles(h *Handler) int64 {
	_, kept, _, _ := h.feed.sample()
	return kept.InFiles
}

// overPipe serves a handler over one connection that has no room and is no socket, in
// virtual time, once apps is in a file.
func overPipe(t *testing.T, play func(t *testing.T, h *Handler, client net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		h := newReader(t, nil)
		many(h, 2000)
		ctx, stop := context.WithCancel(t.Context())
		at, ended := pipes{make(chan net.Conn), make(chan struct{})}, make(chan error, 1)
		go func() { ended <- ops.ServeHTTP(ctx, at, h, ops.DefaultHTTPConfig(), h.log) }()
		client, server := net.Pipe()
		at.conns <- server
		for n := 0; inFiles(h) == 0; n++ {
			if n == 100 {
				t.Fatal("no file is made of a document that is asked for a hundred times")
			}
			get(t, client, "apps")
			if _, err := whole(client); err != nil {
				t.Fatal(err)
			}
		}
		play(t, h, client)
		client.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestASlowClientGetsWhatNoFileCanBeSentTo has one take a document at the pace of a phone
// line, over what is no socket: nothing of a file's sending is ended there.
func TestASlowClientGetsWhatNoFileCanBeSentTo(t *testing.T) {
	overPipe(t, func(t *testing.T, h *Handler, client net.Conn) {
		get(t, client, "apps")
		if n, err := whole(&paced{Reader: client, rate: 64 << 10, begun: time.Now()}); err != nil || n < 1<<20 {
			t.Errorf("it gets %d bytes, %v", n, err)
		}
	})
}

// TestAFileIsNotHeldForAHead has a client that doesn't even take the head of its answer,
// as one does that hasn't read what it asked for before.
func TestAFileIsNotHeldForAHead(t *testing.T) {
	overPipe(t, func(t *testing.T, h *Handler, client net.Conn) {
		get(t, client, "apps")
		synctest.Wait()
		h.node.(*reader).put(&model.Instance{App: "NEW", ID: "new", Address: "10.0.0.1", Status: model.StatusUp})
		time.Sleep(2 * quick) // in virtual time: it is slow by then
		if got := ask(h, "GET", "/eureka/apps", "", "Accept: application/json"); got.Code != http.StatusOK || inFiles(h) > 0 {
			t.Errorf("answered %d, with %d bytes in files of what nobody else is sent", got.Code, inFiles(h))
		}
		time.Sleep(h.config.Patience) // likewise: it is given up
		synctest.Wait()
		if broken := brokenOff(t, h, "stalled"); broken != 1 || len(h.slow)+len(h.reads) > 0 {
			t.Errorf("%v are broken off, %d and %d places taken", broken, len(h.slow), len(h.reads))
		}
	})
}
