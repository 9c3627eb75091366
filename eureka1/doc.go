// Package eureka1 serves the REST protocol of Eureka 1, so that its clients run
// unchanged against either kind of node. It reads requests and writes answers; what
// the words mean is decided by package rules, how they are written by package dialect.
//
//	                      ┌─ apps, apps/delta ──▶ served.Cache ─▶ documents ◀─ Feed ◀─ changes of the view
//	request ─▶ Handler ───┼─ an app, a vip, … ───────────────────▶┘
//	           (route)    ├─ an instance ──────▶ the view, on the loop
//	                      └─ what changes something: write node: rules.Apply on its loop
//	                                                 read node:  pass, to a write node
//
// A [Feed] sleeps while nobody asks for documents. Woken, it gathers what the view shows
// and then follows its changes: the loop notes them, requests take them in.
//
// It never redirects, and reads path elements from the escaped path, since ids hold
// anything. Answers that mean "register again" have no body: clients break on one.
//
// A [Handler] may be used by any number of goroutines. A [Feed] is filled by one, the
// node's loop.
package eureka1
