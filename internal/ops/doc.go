// Package ops holds what every node needs to be operated: the logger, the admin
// port with metrics and profiles, the metrics that a node reads off itself, the
// probes, the service port's HTTP server, the reaction to signals, and what the
// binary knows of its own build.
//
// It decides nothing about registrations. Mains and servers call it; everything
// a function needs comes in as an argument, and nothing is kept between calls.
// What serves ([ServeHTTP], [ServeAdmin]) blocks until its context ends and
// returns when the goroutines that it started have; the rest is safe to call
// from any goroutine.
package ops
