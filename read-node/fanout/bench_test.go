package fanout_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

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

// BenchmarkSnapshot is a full snapshot of 10,000 instances to one new session, or
// to 100 at once, as far as the hub has to do with it.
func BenchmarkSnapshot(b *testing.B) {
	for _, format := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		for _, sessions := range []int{1, 100} {
			b.Run(fmt.Sprintf("%s/sessions=%d", format.Subprotocol(), sessions), func(b *testing.B) {
				h := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), nil)
				fill(h, 500, 20)
				everything := set(b, full())
				keeper := fanout.SessionID(sessions)
				h.Open(keeper, format)
				if err := h.Subscribe(keeper, fanout.Subscription{Seq: 1, Set: everything}); err != nil {
					b.Fatal(err)
				}
				_, bytes := drain(h)
				b.SetBytes(int64(bytes * sessions))
				b.ReportAllocs()
				for b.Loop() {
					for id := range fanout.SessionID(sessions) {
						h.Open(id, format)
						if err := h.Subscribe(id, fanout.Subscription{Seq: 1, Set: everything}); err != nil {
							b.Fatal(err)
						}
					}
					drain(h)
					for id := range fanout.SessionID(sessions) {
						h.Close(id)
					}
				}
			})
		}
	}
}

// BenchmarkMemory is what the hub takes for 100,000 instances and one full session:
// B/instance is the figure to watch. What the instances themselves take, and what
// is kept encoded, is left out.
func BenchmarkMemory(b *testing.B) {
	const instances = 100_000
	all := make([]model.Change, instances)
	for i := range all {
		in := benchInstance(i/100, i%100, 0)
		all[i] = model.Change{Number: uint64(i + 1), Kind: model.Put, Key: in.Key(), After: model.Pack(in), Hash: in.Hash(),
			Version: model.Version{Time: model.Time(i)}}
	}
	config := fanout.DefaultConfig()
	config.EncodedBytes, config.SharedBytes = 0, 0
	for b.Loop() {
		before := heap()
		h := fanout.New(config, interest.DefaultLimits(), nil)
		h.Open(1, wire.FormatJSON)
		if err := h.Subscribe(1, fanout.Subscription{Seq: 1, Set: set(b, full())}); err != nil {
			b.Fatal(err)
		}
		for _, c := range all {
			h.Apply(c)
		}
		drain(h)
		b.ReportMetric(float64(heap()-before)/instances, "B/instance")
		runtime.KeepAlive(h)
	}
	runtime.KeepAlive(all)
}

// BenchmarkGather is what a query by patterns takes of the hub's time, of which
// part/op is the longest that others wait for at once.
func BenchmarkGather(b *testing.B) {
	h := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), nil)
	fill(h, 1000, 100)
	query := set(b, like(interest.ID, "app-001-00001.*"))
	for _, most := range []int{1000, math.MaxInt} {
		b.Run(fmt.Sprint("most=", most), func(b *testing.B) {
			var longest time.Duration
			for b.Loop() {
				selection, worst := fanout.NewSelection(query), time.Duration(0)
				for all := false; !all; {
					start := time.Now()
					all = h.Gather(selection, most)
					worst = max(worst, time.Since(start))
				}
				longest += worst
			}
			b.ReportMetric(float64(longest.Microseconds())/float64(b.N), "µs-longest-part/op")
		})
	}
}

// BenchmarkSurvey is what a subscriber brings about who names ten of 10,000
// instances by patterns: what is matched beside the hub, and what the hub does.
func BenchmarkSurvey(b *testing.B) {
	h := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), nil)
	fill(h, 500, 20)
	patterns := make([]interest.Interest, 10)
	for i := range patterns {
		patterns[i] = like(interest.ID, fmt.Sprintf("app-%03d-%05d.*", 7*i, i))
	}
	sub := fanout.Subscription{Set: set(b, patterns...)}
	b.ReportAllocs()
	for b.Loop() {
		sub.Seq++
		h.Open(1, wire.FormatJSON)
		sub.Known, _ = h.Survey(sub.Set).Match(func() bool { return false })
		if err := h.Subscribe(1, sub); err != nil {
			b.Fatal(err)
		}
		h.Close(1)
	}
}

// BenchmarkPatterns is one change beside 10,000 groups of one pattern each, none of
// which it concerns, among 10,000 instances: of a value that was met before, and
// one that is new. It is to cost no more than without the groups but for some
// microseconds.
func BenchmarkPatterns(b *testing.B) {
	for _, groups := range []int{0, 10_000} {
		for _, value := range []string{"known", "new"} {
			b.Run(fmt.Sprintf("groups=%d/value=%s", groups, value), func(b *testing.B) {
				h := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), nil)
				number := fill(h, 500, 20)
				for id := range fanout.SessionID(groups) {
					h.Open(id, wire.FormatJSON)
					sub := fanout.Subscription{Seq: 1, Set: set(b, like(interest.ID, fmt.Sprintf("none-%05d-.*", id)))}
					sub.Known, _ = h.Survey(sub.Set).Match(func() bool { return false })
					if err := h.Subscribe(id, sub); err != nil {
						b.Fatal(err)
					}
				}
				drain(h)
				instances := make([]*model.Instance, 10_000)
				for i := range instances {
					instances[i] = benchInstance(i%500, i/500, i)
					change(h, number+uint64(i)+1, instances[i])
				}
				number += uint64(len(instances))
				drain(h)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					number++
					in := instances[i%len(instances)]
					if value == "new" {
						again := *in
						again.ID = fmt.Sprintf("new-%d", i)
						in = &again
					}
					change(h, number, in)
					if value == "new" {
						number++
						h.Apply(model.Change{Number: number, Kind: model.Remove, Key: in.Key()})
					}
				}
			})
		}
	}
}

// BenchmarkWalk is one change to a session of a group that walks the node's log,
// after 100 changes that don't concern it.
func BenchmarkWalk(b *testing.B) {
	config := fanout.DefaultConfig()
	config.References = 1
	h := fanout.New(config, interest.DefaultLimits(), nil)
	number := fill(h, 500, 20)
	h.Open(1, wire.FormatJSON)
	sub := fanout.Subscription{Seq: 1, Set: set(b, vip("app-007.example.org"))}
	if err := h.Subscribe(1, sub); err != nil {
		b.Fatal(err)
	}
	drain(h)
	others := make([]*model.Instance, 100)
	for i := range others {
		others[i] = benchInstance(8+i, 1, 0)
	}
	one := benchInstance(7, 1, 0)
	b.ReportAllocs()
	for b.Loop() {
		number++
		change(h, number, one)
		for _, other := range others {
			number++
			change(h, number, other)
		}
		if frames, _ := drain(h); frames != 1 {
			b.Fatalf("%d frames", frames)
		}
	}
}

// BenchmarkResume is 1,000 sessions of 500 groups that come back at once and missed
// ten instances, three of them theirs.
func BenchmarkResume(b *testing.B) {
	h := fanout.New(fanout.DefaultConfig(), interest.DefaultLimits(), nil)
	fill(h, 500, 20)
	sets := make([]interest.Set, 500)
	missed := make([][]model.Key, 500)
	for a := range sets {
		sets[a] = set(b, app(fmt.Sprintf("app-%03d", a)))
		for i := range 10 {
			missed[a] = append(missed[a], benchInstance((a+i/3)%500, i, 0).Key())
		}
	}
	h.Open(1000, wire.FormatJSON) // so that what is encoded stays
	if err := h.Subscribe(1000, fanout.Subscription{Seq: 1, Set: set(b, full())}); err != nil {
		b.Fatal(err)
	}
	drain(h)
	b.ReportAllocs()
	for b.Loop() {
		for id := range fanout.SessionID(1000) {
			h.Open(id, wire.FormatJSON)
			sub := fanout.Subscription{Seq: 1, Set: sets[id%500], Resume: &fanout.Resume{Missed: missed[id%500]}}
			if err := h.Subscribe(id, sub); err != nil {
				b.Fatal(err)
			}
		}
		drain(h)
		for id := range fanout.SessionID(1000) {
			h.Close(id)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*1000), "ns/session")
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
