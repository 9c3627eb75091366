package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"heureka/internal/raw"
	"heureka/wire"
)

// BenchmarkRegister measures registrations that say something new, each writer
// waiting for one acknowledgement before it says the next, without a store and with
// one.
func BenchmarkRegister(b *testing.B) {
	for _, kept := range []bool{false, true} {
		for _, writers := range []int{1, 64} {
			b.Run(fmt.Sprint("store=", kept, "/writers=", writers), func(b *testing.B) { benchmarkRegister(b, kept, writers) })
		}
	}
}

func benchmarkRegister(b *testing.B, kept bool, writers int) {
	config := quick("write-1")
	if kept {
		config.Data = b.TempDir()
	}
	config.MaxRegistrations = 1 << 30
	s, err := New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- s.Run(context.Background()) }()
	<-s.Ready()
	var running sync.WaitGroup
	turns := make(chan int, writers)
	for w := range writers {
		c, _, err := raw.Hello(b.Context(), s.Addresses().HTTP, wire.PathRegistrations, wire.Hello{Process: fmt.Sprint(w)})
		if err != nil {
			b.Fatal(err)
		}
		running.Go(func() {
			defer c.Close()
			for turn := range turns {
				m := &wire.Register{Seq: uint64(turn), Instance: instance(fmt.Sprint(w, "-", turn))}
				if err := c.Send(b.Context(), m); err != nil {
					b.Error(err)
					return
				}
				if _, err := c.Receive(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	b.ReportAllocs()
	turn := 0
	for b.Loop() {
		turns <- turn
		turn++
	}
	close(turns)
	running.Wait()
	b.StopTimer()
	s.Kill()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}
