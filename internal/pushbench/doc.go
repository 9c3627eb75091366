// Pushbench measures the way from a change to its subscribers, each figure beside a
// baseline or a peer that is measured in the same run: machines differ, ratios
// less so. Nothing is asserted on time; whether a ratio is good is for people to
// judge. But every view must be right at the end of each round, nothing lost and
// nothing told twice: else it ends with 1.
//
//	pen (writes) --> servers of one contender --> seats (subscribers)
//	   ^                      ^                        ^
//	   +------ orders --------+---- /proc -------------+--- pushbench, row by row
//
// Each node, peer and driver is a process of its own; those that aren't nodes are
// this program in a role, which takes orders on its standard input. Contenders of
// one row run at the same time and are measured in turns.
//
// The drivers share the processor with the servers, so they do as little as
// possible, for every contender alike: what is written is built beforehand, and
// what is read isn't decoded but searched for the mark that each record carries
// (mark.go). By marks every subscriber judges order, doubles, losses and its view
// at the end (view.go). Some keep their frames, which are put before the checkers
// of internal/promise when nothing is measured any more (judge.go).
package main
