// Package eurekatest tries Heureka with Eureka 1 clients that others wrote and use:
// Netflix' own, Spring Cloud's, and those of other languages. It holds nothing but
// tests, which are skipped unless they are asked for, as they build programs of other
// languages with what they fetch from public registries:
//
//	make test-eureka1                    all of them
//	make test-eureka1 CLIENTS=newest     of each family the newest
//	make test-eureka1 ONLY=gateway       those with that in their name
//
// The programs are in clients/, a folder each, and hardly more than the client that
// they try. They are told what to be by their environment, EUREKA_URLS, _APP, _ID,
// _PORT, _RENEW_S, _LEASE_S and _FETCH_S, register themselves as UP, and say "@@ ready"
// when they see themselves. From then on each line of their standard input is an order,
// answered by a line that begins with @@:
//
//	status STATUS    its own word, told to the server: ok
//	see APP          what it holds of an application: ok id=STATUS id=STATUS …, by id
//	unregister       leaves: ok, and the program ends with 0
//
// What can't be done is answered by an error; all other lines are its log.
//
// A scenario takes two programs of one kind through what a client goes through, at
// a fleet of real nodes, each in a process of its own. Whatever they do is also looked
// at by a subscription of the SDK, judged from its first event to its last by
// internal/promise. The times from one's word to the other's eyes are logged, and
// nothing depends on them.
package eurekatest
