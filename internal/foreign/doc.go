// Package foreign builds and runs programs that we didn't write, or that use the
// libraries of others: Eureka's server, and clients in other languages. Tests and
// benchmarks use it; no node does.
//
// Each build goes into an ignored folder beside what it is made of, takes what it
// needs from Maven Central, npm's registry or Go's proxy, and is left out while it is
// newer than all that. Builds of several processes wait for each other.
//
// Programs run on the loopback address and die with the process that started them,
// where the kernel can tie them to it (Linux). All functions are safe concurrently.
package foreign
