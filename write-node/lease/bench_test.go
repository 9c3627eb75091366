package lease

import (
	"fmt"
	"testing"
	"time"
)

// A heartbeat costs the same however many registrations hang on its connection.
func BenchmarkHeard(b *testing.B) {
	for _, n := range []int{1, 1000, 100_000} {
		b.Run(fmt.Sprint("leases=", n), func(b *testing.B) {
			table, _, h := granted(n, Own)
			b.ReportAllocs()
			now := time.Duration(0)
			for b.Loop() {
				now++
				table.Heard(now, h)
			}
		})
	}
}

func BenchmarkExpireNothing(b *testing.B) {
	table := New(DefaultConfig())
	for _, l := range some(100_000) {
		table.Grant(0, l, nil, Own, time.Hour)
	}
	b.ReportAllocs()
	for b.Loop() {
		table.Expire(sec)
	}
}

func BenchmarkGrantAndDrop(b *testing.B) {
	table, _, h := granted(100_000, Own)
	l := some(1)[0]
	b.ReportAllocs()
	for b.Loop() {
		table.Grant(0, l, h, Own, thirty)
		table.Drop(0, l)
	}
}

func BenchmarkRenewAlone(b *testing.B) {
	table, leases := New(DefaultConfig()), some(100_000)
	for _, l := range leases {
		table.Grant(0, l, nil, Own, thirty)
	}
	b.ReportAllocs()
	now, i := time.Duration(0), 0
	for b.Loop() {
		now += time.Millisecond
		table.Renew(now, leases[i%len(leases)])
		if i++; i%100 == 0 {
			table.Expire(now)
		}
	}
}
