package main

import (
	"strings"
	"testing"
	"time"
)

func valid() config {
	return config{WriteNodes: 3, ReadNodes: 2, Services: 10, Apps: 2, Subscribers: 2, Rate: 10, Duration: time.Second, Connections: 2, Settle: time.Second}
}

func TestConfigRefusesWhatMakesNoSense(t *testing.T) {
	if err := valid().validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		change func(*config)
		says   string
	}{
		{func(c *config) { c.WriteNodes = 0 }, "--write-nodes"},
		{func(c *config) { c.ReadNodes = 100 }, "--read-nodes"},
		{func(c *config) { c.Services = 0 }, "--services"},
		{func(c *config) { c.Services = maxServices + 1 }, "--services"},
		{func(c *config) { c.Apps = 11 }, "--apps"},
		{func(c *config) { c.Subscribers = 0 }, "--subscribers"},
		{func(c *config) { c.Rate = -1 }, "--rate"},
		{func(c *config) { c.Size = maxSize + 1 }, "--size"},
		{func(c *config) { c.Connections = 11 }, "--connections"},
		{func(c *config) { c.Duration = -1 }, "--duration"},
		{func(c *config) { c.Settle = 0 }, "--settle"},
		{func(c *config) { c.Services, c.Apps, c.Subscribers = maxServices, 1, 100 }, "subscribers would hold"},
		{func(c *config) { c.Write = []string{"a:1"} }, "--read"},
		{func(c *config) { c.Dev, c.Write = true, []string{"a:1"} }, "--dev"},
	} {
		c := valid()
		test.change(&c)
		if err := c.validate(); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("got %v, want something about %s", err, test.says)
		}
	}
}

func TestStampsAreReadBack(t *testing.T) {
	s := newService(valid(), "mark", 3)
	before := s.current
	s.stamp(7, 1500*time.Microsecond)
	if change, sent, ok := stampOf(s.current); !ok || change != 7 || sent != 1500*time.Microsecond {
		t.Errorf("got %d %v %v", change, sent, ok)
	}
	if _, _, ok := stampOf(before); ok {
		t.Error("the content that was sent before has changed")
	}
}

func TestPauseKeepsTheRate(t *testing.T) {
	for _, test := range []struct {
		elapsed time.Duration
		changed int
		rate    float64
		want    time.Duration
	}{
		{0, 0, 10, 100 * time.Millisecond},
		{100 * time.Millisecond, 1, 10, 100 * time.Millisecond},
		{150 * time.Millisecond, 1, 10, 50 * time.Millisecond},
		{time.Second, 1, 10, minWait},                             // late
		{0, 0, 100_000, minWait},                                  // frames fill
		{0, 0, 0, 2 * time.Second},                                // no changes: wait for the end
		{1900 * time.Millisecond, 1, 0.5, 100 * time.Millisecond}, // the end comes first
	} {
		if got := pause(test.elapsed, test.changed, test.rate, 2*time.Second); got != test.want {
			t.Errorf("pause(%v, %d, %v) = %v, want %v", test.elapsed, test.changed, test.rate, got, test.want)
		}
	}
	if n := due(1500*time.Millisecond, 10); n != 15 {
		t.Errorf("%d are due", n)
	}
}

func TestPercentilesAreWithinAThousandth(t *testing.T) {
	l := newLatencies()
	for i := range 10_000 {
		l.add(time.Duration(i+1) * time.Millisecond / 10)
	}
	l.add(time.Duration(2 * longest)) // counts as the longest
	p := l.percentiles()
	for _, v := range []struct{ got, want float64 }{{p.P50, 500}, {p.P90, 900}, {p.P99, 990}, {p.P999, 999}, {p.Max, milliseconds(time.Duration(longest))}} {
		if v.got < v.want*0.998 || v.got > v.want*1.002 {
			t.Errorf("got %v, want %v", v.got, v.want)
		}
	}
	if p.Count != 10_001 {
		t.Errorf("counted %d", p.Count)
	}
}
