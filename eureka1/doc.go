// Package eureka1 serves the REST protocol of Eureka 1, so that its clients run
// unchanged against either kind of node. It reads requests and writes answers; what
// the words mean is decided by package rules, how they are written by package dialect.
//
//	                      ┌─ apps, apps/delta ──▶ served.Cache ◀─ Feed ◀─ changes of the view
//	request ─▶ Handler ───┼─ an app, a vip, … ──▶ its latest snapshot
//	           (route)    └─ what changes something: write node: rules.Apply on its loop
//	                                                 read node:  Pass, to a write node
//
// It never redirects, and reads path elements from the escaped path, since ids hold
// anything. Answers that mean "register again" have no body: clients break on one.
//
// A [Handler] may be used by any number of goroutines. A [Feed] is filled by one, the
// node's loop.
package eureka1
