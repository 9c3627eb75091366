// Package store keeps a write node's map on disk, so that it survives the death
// of all nodes at once. It is the only importer of bbolt.
//
// A [Store] is a folder with one bbolt file, registry.db,
//
//	bucket "node":     "identity" ─▶ format, cluster and node
//	                   "state"    ─▶ vector, horizon, number of records and the sum of their hashes
//	                   "wall"     ─▶ when that was so
//	                   "tail"     ─▶ which generation of the tail follows
//	bucket "registry": kind, app, 0, id ─▶ entry, as wire.AppendEntry has it
//
// and its tail, registry.tail, a file of a fixed size:
//
//	batch 1 │ batch 2 │ … │ batch n │ nothing, or batches of former generations
//
// A batch is appended to the tail by one write. When the tail is full, bbolt takes
// it over in one transaction, in the order of the keys ("fold"), which makes it
// empty by naming the next generation; so does a batch of everything, or one that
// is larger than the tail. What is stored is bbolt's records and what the tail's
// whole batches change of them.
//
// Each value begins with a hash of its key and itself, each batch with one of its
// own, and the hashes of bbolt's records add up to what the state says: so what is
// read back is exactly one of the states that were written, or is refused. Nothing is
// synced while the node runs. What a killed process wrote, the system still has; a
// machine that loses its power may lose or damage the files, and the node then
// starts from its peers.
//
// Bbolt maps the file into memory and trusts it: a damaged one may make it run in
// circles or touch memory that isn't there. So before bbolt sees a file, its pages
// are read and checked to be the trees that they should be (pages.go), and whatever
// still goes wrong inside bbolt, a fault of the memory too, ends as an error
// (guard.go). Files that can't be trusted are set aside beside the new ones.
//
// One goroutine at a time uses a Store. One process at a time uses a folder.
package store
