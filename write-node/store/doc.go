// Package store keeps a write node's map on disk, so that it survives the death
// of all nodes at once. It is the only importer of bbolt.
//
// A [Store] is a folder with one bbolt file, registry.db:
//
//	bucket "node":     "identity" ─▶ format, cluster and node
//	                   "state"    ─▶ vector, horizon, number of records and the sum of their hashes
//	                   "wall"     ─▶ when that was so
//	bucket "registry": kind, app, 0, id ─▶ entry, as wire.AppendEntry has it
//
// Each value begins with a hash of its key and itself. A batch is one transaction,
// and the hashes of all records add up to what the state says: so what is read
// back is exactly one of the states that were written, or is refused. Nothing is
// synced while the node runs. What a killed process wrote, the system still has; a
// machine that loses its power may lose or damage the file, and the node then
// starts from its peers.
//
// Bbolt maps the file into memory and trusts it: a damaged one may make it run in
// circles or touch memory that isn't there. So before bbolt sees a file, its pages
// are read and checked to be the trees that they should be (pages.go), and whatever
// still goes wrong inside bbolt, a fault of the memory too, ends as an error
// (guard.go). A file that can't be trusted is set aside beside the new one.
//
// One goroutine at a time uses a Store. One process at a time uses a folder.
package store
