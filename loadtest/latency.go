package main

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The histograms take the same memory however many samples there are, and keep
// every value within a thousandth. Longer times count as the longest.
const (
	shortest = int64(time.Microsecond)
	longest  = int64(10 * time.Minute)
	digits   = 3
)

// latencies counts times. All subscribers share one: a histogram takes about as
// much memory as all else that a subscriber holds.
type latencies struct {
	mu     sync.Mutex
	counts *hdrhistogram.Histogram
}

func newLatencies() *latencies {
	return &latencies{counts: hdrhistogram.New(shortest, longest, digits)}
}

func (l *latencies) add(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.counts.RecordValue(min(max(int64(took), shortest), longest)) // in range, so it can't fail
}

// percentiles are the times that so many of a hundred took at most, in
// milliseconds.
type percentiles struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p99.9"`
	Max   float64 `json:"max"`
}

func (l *latencies) percentiles() percentiles {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := func(p float64) float64 { return float64(l.counts.ValueAtPercentile(p)) / float64(time.Millisecond) }
	return percentiles{
		Count: l.counts.TotalCount(),
		P50:   at(50),
		P90:   at(90),
		P99:   at(99),
		P999:  at(99.9),
		Max:   at(100),
	}
}
