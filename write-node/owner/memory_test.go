package owner

import (
	"strings"
	"testing"
	"unsafe"

	"heureka/model"
)

// TestWhatIsKeptHasMemoryOfItsOwn holds that a key that came in a long text, such as a
// document about many instances, doesn't keep that in memory.
func TestWhatIsKeptHasMemoryOfItsOwn(t *testing.T) {
	w := newWorld(t, "a")
	n, text := w.nodes[0], strings.Repeat(" ", 1<<10)+"ORDERSo-1"
	said := model.Key{App: text[1<<10 : 1<<10+6], ID: text[1<<10+6:]}
	if _, err := n.PutPlain(&model.Instance{App: said.App, ID: said.ID, Status: model.StatusUp}, w.now()); err != nil {
		t.Fatal(err)
	}
	entries := n.Replica().Map()
	check := func(what string, err error, kept model.Key) {
		t.Helper()
		if err != nil || kept != said || within(kept.App, text) || within(kept.ID, text) {
			t.Errorf("%s: %v, %v, in what was said: %v, %v", what, err, kept, within(kept.App, text), within(kept.ID, text))
		}
	}
	check("an instance", nil, entries.Get(said).Key)
	_, err := n.Override(said, model.StatusDown, w.now())
	check("an override", err, entries.Override(said).Key)
	check("an override's end", n.ClearOverride(said, w.now()), entries.Override(said).Key)
	check("an instance's end", n.DeletePlain(said, w.now()), entries.Get(said).Key)
}

// within reports whether a text lies in the memory of another.
func within(part, whole string) bool {
	at := uintptr(unsafe.Pointer(unsafe.StringData(part)))
	from := uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	return from <= at && at < from+uintptr(len(whole))
}
