// Package bridge runs beside a Eureka 1 cluster and a Heureka cluster and mirrors the
// one into the other, both ways if asked, so that services move over one by one.
//
//	old servers ──pages, answers──▶ reader, asker ─┐                ┌─▶ teller ──batches──▶ Heureka
//	            ──batches────────▶ handler ────────┼─▶ sides.Sides ─┤
//	Heureka ────subscription─────▶ follower ───────┘                └─▶ tellers ─batches──▶ each old server
//
// What is to be told to whom, and what not, is decided in package sides; here are the
// sockets, the timers and the lock around it. Everything is in memory: a bridge that
// starts reads both sides anew, so several may run, and any may be killed.
package bridge
