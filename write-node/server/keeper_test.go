package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/model"
	"heureka/registry"
	"heureka/wire"
	"heureka/write-node/journal"
	"heureka/write-node/store"

	"github.com/google/uuid"
)

// kept returns settings of a node that keeps its registry in a folder.
func kept(folder string) Config {
	c := quick("write-1")
	c.Data = folder
	c.StorePatience = time.Hour // acknowledgements wait, however busy the machine is
	return c
}

// restarted kills a node and starts another run of it.
func restarted(t *testing.T, n *node) *node {
	t.Helper()
	n.Kill()
	<-n.ended
	next := start(t, n.config)
	next.wait("ready", next.Ready())
	return next
}

// register registers an instance on a new connection and returns its version.
func (n *node) register(id, acked string) string {
	n.t.Helper()
	m := &wire.Register{Seq: 1, Instance: instance(id), Acked: acked}
	ack, ok := n.say(n.open("p-"+id, 1), m)[0].(*wire.Ack)
	if !ok {
		n.t.Fatalf("%s isn't acknowledged", id)
	}
	return ack.Version
}

func (n *node) has(id string) bool {
	n.t.Helper()
	code, _ := n.request(http.MethodGet, "/api/v1/apps/ORDERS/instances/"+id, "")
	return code == http.StatusOK
}

func TestAKilledNodeComesBackWithWhatItHad(t *testing.T) {
	n := start(t, kept(t.TempDir()))
	n.wait("ready", n.Ready())
	versions := map[string]string{}
	for _, id := range []string{"o-1", "o-2", "o-3"} {
		versions[id] = n.register(id, "")
	}
	n.register("o-4", "")
	if code, _ := n.request(http.MethodDelete, "/api/v1/apps/ORDERS/instances/o-4", ""); code != http.StatusNoContent {
		t.Fatalf("delete: %d", code)
	}
	const override = "/api/v1/apps/ORDERS/instances/o-1/override"
	if code, body := n.request(http.MethodPut, override, `{"status":"OUT_OF_SERVICE"}`); code != http.StatusOK {
		t.Fatalf("override: %d %s", code, body)
	}
	digest := n.status().Digest
	n = restarted(t, n)
	n.until("everything, unconfirmed", func(s status) bool {
		return s.Live == 3 && s.Tombstones == 1 && s.Unconfirmed == 3 && s.Leases["adopted"].Held == 3 && s.Store.State == "ok"
	})
	for id := range versions {
		if !n.has(id) {
			t.Errorf("%s is gone", id)
		}
	}
	if n.has("o-4") {
		t.Error("what was removed is back")
	}
	if _, body := n.request(http.MethodGet, "/api/v1/apps/ORDERS/instances/o-1", ""); !strings.Contains(body, `"OUT_OF_SERVICE"`) {
		t.Errorf("its override is gone: %s", body)
	}
	_, metrics := n.ask(n.Addresses().Admin, http.MethodGet, "/metrics", "")
	for _, want := range []string{"heureka_write_unconfirmed 3", "heureka_write_store_on 1", "heureka_write_store_failing 0"} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	// Its clients come back, one after the other, and bring the versions that the
	// former run gave them.
	left := 3
	for id, acked := range versions {
		if version := n.register(id, acked); version == acked {
			t.Errorf("%s has no new version", id)
		}
		left--
		n.until("one less unconfirmed", func(s status) bool { return s.Unconfirmed == left })
	}
	if now := n.status().Digest; now == digest {
		t.Error("nothing was said anew")
	}
	n = restarted(t, n)
	n.until("everything once more", func(s status) bool { return s.Live == 3 && s.Unconfirmed == 3 })
}

func TestAGracefulStopStoresEverything(t *testing.T) {
	config := kept(t.TempDir())
	config.StorePatience = 0 // acknowledgements don't wait
	config.DrainTimeout, config.DrainSpread = 0, 0
	n := start(t, config)
	n.wait("ready", n.Ready())
	for i := range 20 {
		n.request(http.MethodPut, fmt.Sprint("/api/v1/apps/ORDERS/instances/o-", i), `{"status":"UP"}`)
	}
	n.stop()
	n.wait("stopped", n.ended)
	next := start(t, config)
	next.wait("ready", next.Ready())
	next.until("everything", func(s status) bool { return s.Live == 20 })
}

func TestADamagedStoreIsTold(t *testing.T) {
	n := start(t, kept(t.TempDir()))
	n.wait("ready", n.Ready())
	n.register("o-1", "")
	n.Kill()
	<-n.ended
	if err := os.Truncate(filepath.Join(n.config.Data, "registry.db"), 5000); err != nil {
		t.Fatal(err)
	}
	n = start(t, n.config)
	n.wait("ready", n.Ready())
	n.register("o-2", "")
	n.until("the new instance", func(s status) bool { return s.Live == 1 && s.Store.State == "ok" })
	if _, metrics := n.ask(n.Addresses().Admin, http.MethodGet, "/metrics", ""); !strings.Contains(metrics, "heureka_write_store_lost_total 1\n") {
		t.Error("the metrics don't tell")
	}
	n = restarted(t, n)
	n.until("what was stored since", func(s status) bool { return s.Live == 1 })
}

func TestAFolderOfAnotherNodeEndsTheProgram(t *testing.T) {
	first := start(t, kept(t.TempDir()))
	second := kept(first.config.Data)
	if _, err := New(second, slog.New(slog.DiscardHandler)); !errors.Is(err, store.ErrLocked) || !strings.HasPrefix(err.Error(), "--data (HEUREKA_DATA): ") {
		t.Errorf("a folder in use: %v", err)
	}
	first.Kill()
	<-first.ended
	second.Name = "write-2"
	var foreign *store.ForeignError
	if _, err := New(second, slog.New(slog.DiscardHandler)); !errors.As(err, &foreign) {
		t.Errorf("another node's folder: %v", err)
	}
}

// fakeDisk is a disk that fails, or doesn't end, when it is told to.
type fakeDisk struct {
	disk
	mu    sync.Mutex
	err   error
	gate  chan struct{} // a batch waits for it to be closed
	wrote []*journal.Batch
}

func (d *fakeDisk) Write(b *journal.Batch) error {
	d.mu.Lock()
	d.wrote = append(d.wrote, b)
	err, gate := d.err, d.gate
	d.mu.Unlock()
	if gate != nil {
		<-gate
	}
	if err != nil {
		return err
	}
	return d.disk.Write(b)
}

func (d *fakeDisk) set(err error, gate chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err, d.gate = err, gate
}

// last returns the last batch that was to be written.
func (d *fakeDisk) last() *journal.Batch {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.wrote) == 0 {
		return nil
	}
	return d.wrote[len(d.wrote)-1]
}

// startOnFake starts a node on such a disk.
func startOnFake(t *testing.T, config Config, changes ...func(*Server)) (*node, *fakeDisk) {
	t.Helper()
	var fake *fakeDisk
	n := startWith(t, config, func(s *Server) {
		fake = &fakeDisk{disk: s.loop.keeper.disk}
		s.loop.keeper.disk = fake
		for _, change := range changes {
			change(s)
		}
	})
	n.wait("ready", n.Ready())
	return n, fake
}

func TestADiskThatFailsStopsNobody(t *testing.T) {
	n, disk := startOnFake(t, kept(t.TempDir()))
	n.register("o-1", "")
	disk.set(fmt.Errorf("write: %w", syscall.ENOSPC), nil)
	for i := range 5 {
		n.register(fmt.Sprint("full-", i), "")
	}
	n.until("word of it", func(s status) bool {
		return s.Store.State == "failing" && strings.Contains(s.Store.Error, "no space left") && s.Store.Dirty > 0 && s.Live == 6
	})
	_, metrics := n.ask(n.Addresses().Admin, http.MethodGet, "/metrics", "")
	if !strings.Contains(metrics, "heureka_write_store_failing 1\n") {
		t.Error("the metrics don't tell")
	}
	disk.set(nil, nil)
	n.until("recovery", func(s status) bool { return s.Store.State == "ok" && s.Store.Dirty == 0 && s.Store.Error == "" })
	n.register("o-2", "")
	n = restarted(t, n)
	n.until("everything", func(s status) bool { return s.Live == 7 && s.Unconfirmed == 7 })
}

func TestADiskThatLosesEverythingIsGivenEverything(t *testing.T) {
	n, disk := startOnFake(t, kept(t.TempDir()))
	n.register("o-1", "")
	disk.set(store.ErrLost, nil)
	n.register("o-2", "")
	disk.set(nil, nil)
	n.until("recovery", func(s status) bool { return disk.last().Whole && s.Store.State == "ok" && s.Store.Dirty == 0 })
	if b := disk.last(); len(b.Entries) != 2 || b.Wall == 0 {
		t.Errorf("handed over %+v", b)
	}
}

func TestAnAcknowledgementWaitsForTheDisk(t *testing.T) {
	n, disk := startOnFake(t, kept(t.TempDir()))
	c := n.open("p", 1)
	gate := make(chan struct{})
	disk.set(nil, gate)
	release := sync.OnceFunc(func() { close(gate) })
	t.Cleanup(release) // before the node ends
	var open atomic.Bool
	if err := c.Send(t.Context(), &wire.Register{Seq: 1, Instance: instance("o-1")}); err != nil {
		t.Fatal(err)
	}
	acknowledged := make(chan bool, 1)
	go func() {
		frame, err := c.Receive(t.Context())
		acknowledged <- err == nil && len(frame.Messages) > 0 && open.Load()
	}()
	// Others are served meanwhile, and see it.
	n.until("batch under way", func(s status) bool { return s.Live == 1 && s.Store.Dirty == 1 && disk.last() != nil })
	if !n.has("o-1") {
		t.Error("it isn't shown before it is stored")
	}
	open.Store(true)
	release()
	if !<-acknowledged {
		t.Error("acknowledged before it was stored")
	}
}

func TestADiskThatHangsIsntWaitedForLong(t *testing.T) {
	config := kept(t.TempDir())
	config.StorePatience = 100 * time.Millisecond
	n, disk := startOnFake(t, config)
	gate := make(chan struct{})
	disk.set(nil, gate)
	for i := range 5 {
		n.register(fmt.Sprint("o-", i), "")
	}
	n.until("word of it", func(s status) bool { return s.Store.State == "slow" && s.Store.Dirty > 0 && s.Live == 5 })
	disk.set(nil, nil)
	close(gate)
	n.until("everything stored", func(s status) bool { return s.Store.Dirty == 0 })
	if key := model.NewKey("ORDERS", "o-4"); len(disk.last().Entries) != 4 || disk.last().Vector[n.self] != 5 {
		t.Errorf("what gathered meanwhile wasn't written together: %+v lacks %s", disk.last(), key)
	}
	n = restarted(t, n)
	n.until("everything", func(s status) bool { return s.Live == 5 })
}

// A disk that was slow with the last batch there was isn't slow for ever.
func TestAStoreWithNothingToDoIsntSlow(t *testing.T) {
	config := kept(t.TempDir())
	config.StorePatience = 0
	n, disk := startOnFake(t, config)
	gate := make(chan struct{})
	disk.set(nil, gate)
	n.register("o-1", "")
	n.until("word of it", func(s status) bool { return s.Store.State == "slow" && s.Store.Dirty == 1 })
	close(gate)
	n.until("the end of it", func(s status) bool { return s.Store.State == "ok" && s.Store.Dirty == 0 })
	if _, metrics := n.ask(n.Addresses().Admin, http.MethodGet, "/metrics", ""); !strings.Contains(metrics, "heureka_write_store_slow 0\n") {
		t.Error("the metrics say that it is slow")
	}
}

func TestADiskThatHangsDoesntKeepTheNodeFromStopping(t *testing.T) {
	config := kept(t.TempDir())
	config.StorePatience, config.DrainTimeout, config.DrainSpread = 0, 0, 0
	n, disk := startOnFake(t, config, func(s *Server) { s.storeTimeout = 100 * time.Millisecond })
	gate := make(chan struct{})
	t.Cleanup(func() { close(gate) })
	disk.set(nil, gate)
	n.register("o-1", "")
	n.until("batch under way", func(s status) bool { return s.Store.State == "slow" })
	n.stop()
	n.wait("stopped", n.ended)
}

// noDisk is a disk that takes everything and keeps nothing.
type noDisk struct{}

func (noDisk) Write(*journal.Batch) error { return nil }
func (noDisk) Sync() error                { return nil }
func (noDisk) Close() error               { return nil }
func (noDisk) Size() int64                { return 1 }

func TestTheEndOfAKeeper(t *testing.T) {
	for _, flush := range []bool{true, false} {
		fake := &fakeDisk{disk: noDisk{}}
		k, m := newKeeper(fake, journal.New(journal.DefaultConfig())), registry.NewMap()
		var writing sync.WaitGroup
		writing.Go(k.write)
		author := model.Incarnation{Name: "write-1", ID: uuid.UUID{1}}
		acknowledged := 0
		for i := range 2 { // the first is under way when the second comes
			in := instance(fmt.Sprint("o-", i))
			_, change, _ := m.Author(author, registry.Entry{Key: in.Key(), Instance: model.Pack(in), Version: model.Version{Time: 1, Incarnation: author}}, 0)
			k.follow(cluster.Effects{Transitions: []registry.Transition{change}})
			k.acknowledge(func() { acknowledged++ })
			k.release(m, model.Moment{})
		}
		k.finish(m, flush, time.Now().Add(patience), func() model.Moment { return model.Moment{} })
		writing.Wait()
		if stored := uint64(len(fake.wrote)); fake.last().Vector[author] != stored || stored != map[bool]uint64{true: 2, false: 1}[flush] || acknowledged != 2 {
			t.Errorf("flush %v: %d batches, %d acknowledged", flush, stored, acknowledged)
		}
	}
}
