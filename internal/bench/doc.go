// Package bench is what the benchmarks of whole programs share: processes, each with
// its own processor time, tables of figures beside those of a baseline or a peer, and
// a command line. It says nothing about what is measured.
//
//	Program ──▶ Row ──▶ Stage ──▶ Role: the benchmark's own program in a role,
//	                      │             which takes orders on its standard input
//	                      └─────▶ Cluster: nodes as their users start them
//
// A [Stage] belongs to the goroutine that plays its row, and so do its processes.
package bench
