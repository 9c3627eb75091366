package eureka1

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"heureka/model"
)

// TestWhoIsSlowHoldsLittle, also of a document that is compressed for it alone: there
// may be Config.MaxSlow of them.
func TestWhoIsSlowHoldsLittle(t *testing.T) {
	const clients, most = 40, 400 << 10
	h := newReader(t, func(c *Config) { c.Patience = time.Hour })
	for i := range 3000 {
		h.node.(*reader).put(&model.Instance{App: fmt.Sprint("APP-", i%50), ID: fmt.Sprint("i-", i), Address: "10.0.0.1", VIP: "v", Status: model.StatusUp, Metadata: map[string]string{"noise": noise(i)}})
	}
	h.quick = time.Millisecond
	ask(h, "GET", "/eureka/vips/v", "", "Accept-Encoding: gzip") // what is gathered once is no client's
	address := serveTight(t, h)
	before := heap()
	for range clients {
		begin(t, address, "vips/v", "Accept-Encoding: gzip")
	}
	eventually(t, "all are slow", func() bool { return len(h.slow) == clients && len(h.reads) == 0 })
	// They are so once time has passed; what they compress until nobody takes it is lent.
	eventually(t, "each holds little", func() bool { return (heap()-before)/clients <= most })
	if len(h.slow) != clients {
		t.Errorf("%d are slow yet", len(h.slow))
	}
}

// noise is what can't be compressed to much less than half.
func noise(seed int) (text string) {
	for n := uint64(seed + 1); len(text) < 256; {
		n = n*6364136223846793005 + 1442695040888963407
		text += fmt.Sprintf("%016x", n^n>>29)
	}
	return text
}

// heap returns how many bytes are in use.
func heap() int {
	runtime.GC()
	runtime.GC() // what is lent again goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
