// Eurekabench measures what Eureka 1 clients cost a node and how soon they see a
// change, each figure beside a baseline of the same run, a net/http handler in a
// process of its own that answers fixed bytes of the same length, and, unless
// --peers says otherwise, beside the Eureka server that Spring Cloud ships.
//
//	driver (16 kept connections) --> servers of one contender
//	   ^                                   ^
//	   +------------- orders --------------+---- /proc ---- eurekabench, row by row
//
// Nothing is asserted on time. But every answer's status is, and at the end of a row
// the documents are decoded and compared with what was registered, the hash code of
// the delta with the registry (judge.go): else it ends with 1.
//
// The drivers share the processor with the servers, so they write HTTP/1.1 by hand
// (conn.go) and don't look into what they are answered while it is measured.
package main
