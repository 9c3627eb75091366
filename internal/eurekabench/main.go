package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"heureka/internal/bench"
	"heureka/internal/ops"
)

func main() {
	ctx, stop := ops.SignalContext(context.Background())
	code := program().Execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are those beside the ones of every benchmark.
type settings struct {
	Peers   string  `help:"Which other servers are measured too: eureka (wants Java and Maven) or none." enum:"eureka,none" default:"eureka"`
	Clients string  `help:"Whose clients play row g: Spring's (wants Java and Maven), or ones of this program that poll likewise." enum:"spring,go" default:"spring"`
	Warm    float64 `help:"Seconds for which the Eureka server is asked before it is measured, so that its virtual machine has compiled what it runs." default:"4"`
	Stale   bool    `help:"Measure in rows e and f, too, how old what the Eureka server shows is, half a minute each time."`
}

func (s *settings) validate() error {
	if s.Warm < 0 || s.Warm > 600 {
		return fmt.Errorf("--warm is %v; 0 to 600 are possible", s.Warm)
	}
	return nil
}

func program() *bench.Program {
	asked := &settings{}
	return &bench.Program{
		Name:        "eurekabench",
		Description: "Measures what Eureka 1 clients cost, beside a handler of fixed bytes and Eureka's own server, and checks that what they are told is right.",
		Rows:        rows(asked),
		Seconds:     1,
		Rounds:      7,
		Patience:    10 * time.Minute, // Eureka's server takes its time to show things
		Roles:       map[string]bench.Role{"fixed": serveFixed, "driver": serveDriver, "client": serveClient},
		Settings:    asked,
		Validate:    asked.validate,
	}
}
