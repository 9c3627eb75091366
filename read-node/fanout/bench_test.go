package fanout_test

import (
	"fmt"
	"testing"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"
	"heureka/wire"
)

// benchInstance is about 600 bytes as a line.
func benchInstance(app, id, status int) *model.Instance {
	name := fmt.Sprintf("app-%03d", app)
	return (&model.Instance{
		App: name, ID: fmt.Sprintf("%s-%05d", name, id), HostName: fmt.Sprintf("host-%05d.example.org", id),
		Address: "10.1.2.3", VIP: name + ".example.org", Status: model.Statuses()[status%5],
		Ports:       []model.Port{{Name: "http", Number: 8080}, {Name: "https", Number: 8443, Secure: true}},
		HomePageURL: "http://host.example.org:8080/", HealthCheckURL: "http://host.example.org:8080/health",
		Metadata: map[string]string{"zone": "eu-west-1a", "version": "2.14.7", "team": "orders", "weight": "100"},
	}).Canonical()
}

func fill(h *fanout.Hub, apps, each int) (number uint64) {
	for a := range apps {
		for i := range each {
			number++
			change(h, number, benchInstance(a, i, 0))
		}
	}
	return number
}

func change(h *fanout.Hub, number uint64, in *model.Instance) {
	h.Apply(model.Change{Number: number, Kind: model.Put, Key: in.Key(), After: model.Pack(in), Hash: number,
		Version: model.Version{Time: model.Time(number)}})
}

func drain(h *fanout.Hub) (frames, bytes int) {
	for {
		deliveries := h.Deliveries(0)
		if len(deliveries) == 0 {
			return frames, bytes
		}
		frames += len(deliveries)
		for _, d := range deliveries {
			bytes += len(d.Frame)
			h.Written(d.Session)
		}
	}
}

// BenchmarkChange is one change and all its frames: the figure to watch is
// ns/delivery.
func BenchmarkChange(b *testing.B) {
	for _, size := range []struct {
		name                 string
		apps, each, sessions int
	}{
		{"1000-sessions-of-one-group", 1, 100, 1000},
		{"10000-instances-500-groups", 500, 20, 500},
		{"10000-instances-15000-sessions-500-groups", 500, 20, 15000},
	} {
		b.Run(size.name, func(b *testing.B) {
			h := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), nil)
			number := fill(h, size.apps, size.each)
			for s := range size.sessions {
				h.Open(fanout.SessionID(s), wire.FormatJSON)
				name := fmt.Sprintf("app-%03d", s%size.apps)
				if err := h.Subscribe(fanout.SessionID(s), fanout.Subscription{Seq: 1, Set: set(b, app(name)), Known: nil}); err != nil {
					b.Fatal(err)
				}
			}
			drain(h)
			instances := make([]*model.Instance, 1000)
			for i := range instances {
				instances[i] = benchInstance(i%size.apps, i%size.each, i)
			}
			b.ReportAllocs()
			frames := 0
			for i := 0; b.Loop(); i++ {
				number++
				change(h, number, instances[i%len(instances)])
				n, _ := drain(h)
				frames += n
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(frames), "ns/delivery")
		})
	}
}

// BenchmarkSnapshot is a full snapshot of 10,000 instances to a new session: one
// whose frames are built for it alone, and one that finds them built.
func BenchmarkSnapshot(b *testing.B) {
	for name, shared := range map[string]int{"built": 0, "shared": 64 << 20} {
		b.Run(name, func(b *testing.B) {
			config := fanout.DefaultConfig()
			config.SharedBytes = shared
			h := fanout.New(config, interest.DefaultLimits(), nil)
			fill(h, 500, 20)
			everything := set(b, full())
			h.Open(1, wire.FormatJSON)
			if err := h.Subscribe(1, fanout.Subscription{Seq: 1, Set: everything, Known: nil}); err != nil {
				b.Fatal(err)
			}
			_, bytes := drain(h)
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				h.Open(2, wire.FormatJSON)
				if err := h.Subscribe(2, fanout.Subscription{Seq: 1, Set: everything, Known: nil}); err != nil {
					b.Fatal(err)
				}
				drain(h)
				h.Close(2)
			}
		})
	}
}

// BenchmarkGroup is a new group of an Equals interest among 10,000 instances,
// and its end.
func BenchmarkGroup(b *testing.B) {
	h := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), nil)
	fill(h, 500, 20)
	one := set(b, app("app-007"))
	b.ReportAllocs()
	for b.Loop() {
		h.Open(1, wire.FormatJSON)
		if err := h.Subscribe(1, fanout.Subscription{Seq: 1, Set: one, Known: nil}); err != nil {
			b.Fatal(err)
		}
		h.Close(1)
	}
}

// BenchmarkGroupOfPatterns is a new group of as many patterns as one subscriber
// may have, among 20,000 instances, and its end: the time that everybody else
// waits for it.
func BenchmarkGroupOfPatterns(b *testing.B) {
	for name, format := range map[string]string{
		"each-matches-all":  ".*z{0,%d}",
		"none-matches-any":  "z{1,%d}",
		"refused-for-room":  ".*z{0,%d}.*",
		"each-matches-apps": "app-00[0-7]z{0,%d}.*",
	} {
		b.Run(name, func(b *testing.B) {
			config := fanout.DefaultConfig()
			if name == "refused-for-room" {
				config.References = 100
			}
			h := fanout.New(config, interest.DefaultLimits(), nil)
			fill(h, 1000, 20)
			many := manyPatterns(b, format)
			known, _ := h.Survey(many).Match(func() bool { return false })
			b.ReportAllocs()
			for b.Loop() {
				h.Open(1, wire.FormatJSON)
				if err := h.Subscribe(1, fanout.Subscription{Seq: 1, Set: many, Known: known}); (err != nil) != (name == "refused-for-room") {
					b.Fatal(err)
				}
				h.Close(1)
			}
		})
	}
}

// manyPatterns is a set of 1,000 patterns for ids, made from a format by a number.
func manyPatterns(t testing.TB, format string) interest.Set {
	atoms := make([]interest.Interest, 1000)
	for i := range atoms {
		atoms[i] = interest.Interest{Kind: interest.ID, Op: interest.Like, Value: fmt.Sprintf(format, i+1)}
	}
	return set(t, atoms...)
}
