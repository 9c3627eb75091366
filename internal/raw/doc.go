// Package raw speaks the websocket protocol without understanding it: it sends
// and receives messages of package wire over one connection, and hides, repairs
// and repeats nothing. The load test and the cluster tests judge nodes by what
// arrives here; programs use package client instead.
package raw
