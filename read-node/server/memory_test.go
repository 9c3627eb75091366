package server

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	gauges "runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"testing"

	"heureka/internal/ops"
	"heureka/model"
	"heureka/wire"
)

// live returns the bytes of live objects.
func live() float64 {
	runtime.GC()
	runtime.GC() // what the first one finalized
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// resident returns the resident memory of this process in MiB; 0 where the system
// doesn't say.
func resident() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, line, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return 0
	}
	return kib / 1024
}

// collecting returns the seconds of CPU that the garbage collector has had, but for
// those that nobody else wanted.
func collecting() float64 {
	s := []gauges.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/gc/mark/idle:cpu-seconds"}}
	gauges.Read(s)
	return s[0].Value.Float64() - s[1].Value.Float64()
}

// What a read node takes for an instance, beside what it keeps encoded for the
// next session, may not grow unnoticed. The bound is generous: it knows nothing of
// this machine, but the sizes of its pointers.
func TestWhatAnInstanceTakes(t *testing.T) {
	const instances, most = 20_000, 1200 // bytes
	config := DefaultConfig()
	before := live() + float64(config.EncodedBytes+config.SharedBytes)
	f := newFilled(t, false)
	f.subscribe(wire.FormatJSON)
	f.join(instances)
	check := func(when string) {
		if each := (live() - before) / instances; each > most {
			t.Errorf("%s: %.0f bytes for an instance, %d should do", when, each, most)
		}
	}
	check("joined")
	random := rand.New(rand.NewPCG(1, 1))
	f.change(instances, 50, func(int) int { return random.IntN(instances) })
	check("changed")
	if n := f.core.hub.Stats().Instances; n != instances {
		t.Errorf("%d instances", n)
	}
	runtime.KeepAlive(f)
}

// BenchmarkMemory prints what a read node takes that holds 100,000 instances for one
// subscriber to everything: live heap for each, and resident memory of the process,
// when they have just come and after each has changed once. Of GOGC as it is set, and
// of what the collector costs at 200 changes a second. For the resident memory to
// mean anything, run one in a process; with GOGC set, that counts and not what a node
// does by itself:
//
//	go test ./read-node/server -run '^$' -bench 'Memory/JSON/joined' -benchtime 1x
func BenchmarkMemory(b *testing.B) {
	const instances = 100_000
	for name, large := range map[string]bool{"JSON": false, "packed": true} {
		for how, arrive := range map[string]func(*filled){
			"joined": func(f *filled) { f.join(instances) },
			"deltas": func(f *filled) { f.change(instances, 100, func(n int) int { return n }) },
		} {
			b.Run(name+"/"+how, func(b *testing.B) {
				lean, end := context.WithCancel(b.Context())
				var part sync.WaitGroup
				part.Go(func() { ops.LeanHeap(lean) })
				for b.Loop() {
					measure(b, instances, large, arrive)
				}
				end()
				part.Wait()
			})
		}
	}
}

func measure(b *testing.B, instances int, large bool, arrive func(*filled)) {
	debug.FreeOSMemory()
	before := live()
	b.ReportMetric(resident(), "empty-RSS-MiB")
	f := newFilled(b, large)
	f.subscribe(wire.FormatProto) // as clients in Go are
	arrive(f)
	b.ReportMetric(resident(), "RSS-MiB")
	b.ReportMetric((live()-before)/float64(instances), "B/instance")
	random := rand.New(rand.NewPCG(1, 1))
	spent := collecting()
	f.change(instances, 4, func(int) int { return random.IntN(instances) })
	b.ReportMetric(resident(), "changed-RSS-MiB")
	runtime.GC() // the figures of CPU are of its end
	b.ReportMetric((collecting()-spent)/float64(instances)*200*100, "%CPU-collecting")
	b.ReportMetric((live()-before)/float64(instances), "changed-B/instance")
	in := f.instance(instances/2, 1)
	text, err := json.Marshal(in)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(text)), "JSON-B")
	b.ReportMetric(float64(model.Pack(in).Len()), "packed-B")
	runtime.KeepAlive(f)
}
