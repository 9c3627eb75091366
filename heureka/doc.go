// Command heureka is the command line for people: a whole cluster on one machine
// (dev), and what one does with any cluster: register, watch, get, cluster,
// evictions, override. One command is for machines: bridge, beside a Eureka 1 cluster.
//
// Results go to standard output, what people should know beside them to standard
// error, so that output can be piped. It ends with 0 when it did what it was
// asked or was told to stop, with 1 when it couldn't, with 2 when it didn't
// understand.
package main
