package server

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"heureka/cluster"
	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/read-node/session"
	"heureka/registry"
	"heureka/wire"

	"github.com/google/uuid"
)

// filled is the core of a read node that a writer fills, message by message, each
// as the bytes that NATS would bring. Nothing of the writer is held beside it.
type filled struct {
	t      testing.TB
	core   *core
	writer model.Incarnation
	words  uint64 // of the writer so far
	now    time.Duration
	large  bool // instances are 600 bytes packed, otherwise 600 bytes of JSON
}

func newFilled(t testing.TB, large bool) *filled {
	config := DefaultConfig()
	random := rand.New(rand.NewPCG(1, 2))
	return &filled{
		t: t, large: large, now: time.Second, writer: model.Incarnation{Name: "write-1", ID: uuid.UUID{1}},
		core: &core{
			replica:  cluster.New(config.replica(), model.Incarnation{Name: "read-1", ID: uuid.UUID{2}}, cluster.Read, "", random),
			hub:      fanout.New(config.fanout(), config.interests(), nil),
			sessions: make(map[fanout.SessionID]*session.Session),
			log:      slog.New(slog.DiscardHandler),
		},
	}
}

func (f *filled) moment() model.Moment {
	return model.Moment{Mono: f.now, Wall: time.Unix(1_800_000_000, 0).Add(f.now).UnixMicro()}
}

// instance returns what the client of the n-th of them says as its word.
func (f *filled) instance(n int, word uint64) *model.Instance {
	app := fmt.Sprintf("SHOP-%03d", n%1000)
	ip := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	in := &model.Instance{
		App: app, ID: fmt.Sprintf("ip-%d.eu.example:8080", n), HostName: fmt.Sprintf("ip-%d.eu-west-1.compute.internal", n), Address: ip,
		VIP: strings.ToLower(app), SecureVIP: strings.ToLower(app), AppGroup: "SHOP", ASG: strings.ToLower(app) + "-v007", Status: model.StatusUp,
		Ports:         []model.Port{{Name: "http", Number: 8080}, {Name: "https", Number: 8443, Secure: true}},
		StatusPageURL: "http://" + ip + ":8080/info", HealthCheckURL: "http://" + ip + ":8080/health",
		Metadata:      map[string]string{"zone": "eu-1a", "weight": fmt.Sprint(100 + word%7), "commit": strings.Repeat("9f", 20), "version": "2024.11.3-rc4"},
		LastChangedMs: 1_800_000_000_000 + int64(word),
		Lease:         model.Lease{RenewalMs: 10_000, DurationMs: 30_000},
	}
	if f.large {
		in.Metadata["about"] = strings.Repeat("about ", 40)
	}
	return in.Canonical()
}

// entry returns what the writer authors next: a word about the n-th instance.
func (f *filled) entry(n int) *registry.Entry {
	f.words++
	in := f.instance(n, f.words)
	time := model.Time(f.moment().Wall)<<model.TimeNodeBits + model.Time(f.words)<<model.TimeNodeBits
	return &registry.Entry{
		Key: in.Key(), Instance: model.Pack(in), Hash: in.Hash(), Speaker: model.Speaker{Process: 7, Connection: 1},
		Version: model.Version{Time: time, Incarnation: f.writer},
		Dot:     model.Dot{Incarnation: f.writer, Seq: f.words},
	}
}

// receive gives the core a message and returns what it says to that.
func (f *filled) receive(m cluster.Message) []cluster.Message {
	packet, err := wire.EncodePacket(m)
	if err != nil {
		f.t.Fatal(err)
	}
	if m, err = wire.DecodePacket(packet); err != nil {
		f.t.Fatal(err)
	}
	f.core.replica.Receive(f.moment(), m)
	return f.follow()
}

// follow does as core.follow does, and takes every frame from the hub.
func (f *filled) follow() []cluster.Message {
	var out []cluster.Message
	effects := f.core.replica.Drain()
	for _, o := range effects.Messages {
		out = append(out, o.Message)
	}
	for _, change := range effects.Changes {
		f.core.hub.Apply(change)
	}
	for deliveries := f.core.hub.Deliveries(f.now); len(deliveries) > 0; deliveries = f.core.hub.Deliveries(f.now) {
		for _, d := range deliveries {
			f.core.hub.Written(d.Session)
		}
	}
	return out
}

// subscribe adds a subscriber to everything.
func (f *filled) subscribe(format wire.Format) {
	set, err := interest.NewSet(interest.DefaultLimits(), []interest.Interest{{Kind: interest.Full}})
	if err != nil {
		f.t.Fatal(err)
	}
	f.core.hub.Open(1, format)
	if err := f.core.hub.Subscribe(1, fanout.Subscription{Seq: 1, Set: set}); err != nil {
		f.t.Fatal(err)
	}
	f.follow()
}

// change brings so many words, in deltas of a few, about those instances.
func (f *filled) change(words, each int, which func(word int) int) {
	for from := 0; from < words; from += each {
		d := &cluster.Delta{Delta: registry.Delta{Incarnation: f.writer, From: f.words}}
		for word := from; word < min(from+each, words); word++ {
			d.Entries = append(d.Entries, f.entry(which(word)))
		}
		d.To = f.words
		f.receive(d)
	}
}

// join brings so many instances as the answer to a pull.
func (f *filled) join(instances int) {
	out := f.receive(&cluster.Beacon{
		From: f.writer, Role: cluster.Write, Tick: 1, Ready: true, Live: instances, Vector: model.Vector{f.writer: uint64(instances)},
	})
	for tries := 0; len(requests(out)) == 0; tries++ {
		if tries == 100 {
			f.t.Fatal("the node asks for nothing")
		}
		f.now += 100 * time.Millisecond
		f.core.replica.Tick(f.moment())
		out = f.follow()
	}
	const each = 400 // entries of a chunk
	request := requests(out)[0]
	for from := 0; from < instances; from += each {
		c := &cluster.Chunk{From: f.writer, Request: request.Number, Answer: 1, Number: from / each}
		for n := from; n < min(from+each, instances); n++ {
			c.Entries = append(c.Entries, f.entry(n))
		}
		if from+each >= instances {
			c.Last, c.Vector = true, model.Vector{f.writer: f.words}
		}
		f.receive(c)
	}
}

func requests(messages []cluster.Message) (out []*cluster.PullRequest) {
	for _, m := range messages {
		if r, is := m.(*cluster.PullRequest); is {
			out = append(out, r)
		}
	}
	return out
}
