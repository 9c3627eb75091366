// Package memfile keeps bytes in files in memory, which the system sends by itself: a
// socket that sends from a file refers to the file's pages, where a socket that is written
// to copies every byte first. For large answers that copy is most of what they cost. Why
// it is used, and what it brings, docs/adr/0028 says.
//
// A file has no name, and is in memory that no process has mapped: the system counts it
// for the control group (as shmem), not in what a process has resident. What has been
// sent refers to the pages until the client has it, so a file never changes.
//
// It is for Linux: elsewhere [New] is errors.ErrUnsupported.
package memfile
