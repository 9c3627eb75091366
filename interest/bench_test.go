package interest_test

import (
	"fmt"
	"testing"

	"heureka/interest"
	"heureka/model"
)

const many = 10_000

// BenchmarkRouteEquals routes changes of one instance among 10,000 groups, each
// of another application; every change concerns one of them.
func BenchmarkRouteEquals(b *testing.B) {
	x := interest.NewIndex[int](interest.DefaultLimits())
	instances := make([]*model.Instance, many)
	for i := range instances {
		x.Add(newSet(b, equals(interest.App, fmt.Sprint("APP-", i))), i)
		instances[i] = &model.Instance{App: fmt.Sprint("APP-", i), ID: fmt.Sprint("id-", i), VIP: fmt.Sprint("vip-", i)}
	}
	benchmarkRoute(b, x, instances)
}

// BenchmarkRouteVIPList is the same for instances with three vips each.
func BenchmarkRouteVIPList(b *testing.B) {
	x := interest.NewIndex[int](interest.DefaultLimits())
	instances := make([]*model.Instance, many)
	for i := range instances {
		x.Add(newSet(b, equals(interest.VIP, fmt.Sprint("vip-", i))), i)
		instances[i] = &model.Instance{App: "A", ID: fmt.Sprint("id-", i), VIP: fmt.Sprintf("vip-%d, b%d, c%d", i, i, i)}
	}
	benchmarkRoute(b, x, instances)
}

// BenchmarkRouteLike routes changes of 10,000 values among 10,000 distinct
// patterns once every value has been seen; every change concerns one group.
func BenchmarkRouteLike(b *testing.B) {
	x, instances := manyPatterns(b)
	ignore := func(int, bool, bool) {}
	for _, in := range instances {
		x.Route(nil, in, ignore)
	}
	benchmarkRoute(b, x, instances)
}

// BenchmarkRouteLikeNew routes values that were never seen before among 10,000
// distinct patterns.
func BenchmarkRouteLikeNew(b *testing.B) {
	x, _ := manyPatterns(b)
	next := 0
	b.ReportAllocs()
	for b.Loop() {
		in := &model.Instance{App: "A", ID: "1", VIP: fmt.Sprintf("svc-%d-new%d", next%many, next)}
		x.Route(nil, in, func(int, bool, bool) {})
		next++
	}
}

// BenchmarkAddRemove puts one group of two atoms in and takes it out, beside
// 10,000 others.
func BenchmarkAddRemove(b *testing.B) {
	x, _ := manyPatterns(b)
	set := newSet(b, equals(interest.App, "A"), like(interest.VIP, "svc-.*"))
	b.ReportAllocs()
	for b.Loop() {
		x.Add(set, -1)
		x.Remove(-1)
	}
}

func manyPatterns(b *testing.B) (*interest.Index[int], []*model.Instance) {
	x := interest.NewIndex[int](interest.DefaultLimits())
	instances := make([]*model.Instance, many)
	for i := range instances {
		x.Add(newSet(b, like(interest.VIP, fmt.Sprintf("svc-%d-[a-z]+[0-9]*", i))), i)
		instances[i] = &model.Instance{App: "A", ID: fmt.Sprint("id-", i), VIP: fmt.Sprintf("svc-%d-orders", i)}
	}
	return x, instances
}

// benchmarkRoute changes the status of one instance after the other.
func benchmarkRoute(b *testing.B, x *interest.Index[int], instances []*model.Instance) {
	changed := make([]*model.Instance, len(instances))
	for i, in := range instances {
		changed[i] = in.Clone()
		changed[i].Status = model.StatusDown
	}
	visits, next := 0, 0
	visit := func(int, bool, bool) { visits++ }
	b.ReportAllocs()
	for b.Loop() {
		i := next % len(instances)
		x.Route(instances[i], changed[i], visit)
		next++
	}
	if visits != next {
		b.Fatalf("%d changes concerned %d groups", next, visits)
	}
}
