package model

import (
	"cmp"
	"strings"
)

// Key identifies an instance: the pair of application and instance id. Two
// applications may use the same instance id (Eureka 1 clients use the host
// name), so neither half is a key by itself.
type Key struct {
	App string // folded to upper case, see FoldApp
	ID  string // as the client wrote it
}

// NewKey returns the key of an instance, its application folded to upper case.
func NewKey(app, id string) Key { return Key{App: FoldApp(app), ID: id} }

// FoldApp returns the form in which applications are compared and shown: upper
// case, as Eureka has it. Instance ids and vips are never folded.
func FoldApp(app string) string { return strings.ToUpper(app) }

// Clone returns the key with texts of its own: one that is kept for long must not
// hold on to a message that it came in. They share one piece of memory.
func (k Key) Clone() Key {
	both := k.App + k.ID
	if len(both) == len(k.ID) || len(both) == len(k.App) {
		both = strings.Clone(both) // adding nothing copies nothing
	}
	return Key{App: both[:len(k.App)], ID: both[len(k.App):]}
}

// Compare orders keys by application, then by id.
func (k Key) Compare(other Key) int {
	return cmp.Or(cmp.Compare(k.App, other.App), cmp.Compare(k.ID, other.ID))
}

// String is for logs and messages; it is not parsed back and not a map key.
func (k Key) String() string { return k.App + "/" + k.ID }
