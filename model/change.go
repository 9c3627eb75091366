package model

// ChangeKind tells what a Change does to what its receiver holds.
type ChangeKind uint8

// The kinds of change. Whether a put is an addition or a modification the
// receiver tells from what it holds.
const (
	Put ChangeKind = iota + 1
	Remove
)

// Change is one step of a node's view.
type Change struct {
	Number uint64 // counted by that node's view: 1, 2, 3 and so on
	Kind   ChangeKind
	Key    Key

	// Before is what the view showed until now: none if it showed nothing.
	Before Packed
	// After is what it shows from now on: none for a Remove.
	After   Packed
	Version Version // of the entry that caused the change
	Hash    uint64  // content hash of After; 0 for a Remove
}
