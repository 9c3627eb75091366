package pages

import (
	"slices"
	"strings"
	"time"

	"heureka/eureka1/dialect"
)

// Index is a way to find rows other than by their keys.
type Index int

// The indexes, each by the words that it finds a row by.
const (
	ByID        Index = iota // in whichever application
	ByVIP                    // those that it is shown with
	BySecureVIP              // likewise
	Overridden               // "", if its status is overridden
)

// indexes is how many there are.
const indexes = 4

// unasked is after how long without a look an index is let go.
const unasked = 10 * time.Minute

// index is what an Index finds, kept while somebody looks something up in it. The first
// look gathers it.
type index struct {
	by    Index
	asked time.Duration
	found map[string]*listing // none is empty
}

// Find returns the rows that an index has under a word, in order. It costs no more than
// these, but for the first look in a while, which goes through all rows. Changes cost an
// index in proportion to themselves.
func (p *Pages) Find(by Index, word string, now time.Duration) []*Row {
	x := p.indexes[by]
	if x == nil {
		x = &index{by: by, found: make(map[string]*listing)}
		x.apply(p.all(), p.apps[full].target)
		p.indexes[by] = x
	}
	x.asked = max(x.asked, now)
	var rows []*Row
	if l := x.found[word]; l != nil {
		for _, leaf := range l.leaves {
			rows = append(rows, leaf.rows...)
		}
	}
	return rows
}

// all returns edits that put every row.
func (p *Pages) all() []edit {
	edits := make([]edit, 0, p.apps.rows())
	for _, l := range p.apps[full].leaves {
		for _, row := range l.rows {
			edits = append(edits, edit{row: row})
		}
	}
	return edits
}

// reindex has the indexes follow edits, of which a row that replaces another comes after
// one that takes that out. Those that nobody has asked for lately are let go.
func (p *Pages) reindex(edits []edit) {
	for by, x := range p.indexes {
		switch {
		case x == nil:
		case p.now-x.asked > unasked:
			p.indexes[by] = nil
		default:
			x.apply(edits, p.apps[full].target)
		}
	}
}

// indexed reports whether there is any index.
func (p *Pages) indexed() bool { return p.indexes != [indexes]*index{} }

func (x *index) apply(edits []edit, target int) {
	by := make(map[string][]edit)
	for _, e := range edits {
		for _, word := range x.by.words(e.row) {
			by[word] = append(by[word], e)
		}
	}
	for word, some := range by {
		l := x.found[word]
		if l == nil {
			l = &listing{target: target}
			x.found[strings.Clone(word)] = l // which may be part of a whole instance
		}
		if l.apply(inOrder(some)); l.rows == 0 {
			delete(x.found, word)
		}
	}
}

// words returns what a row is found by.
func (by Index) words(r *Row) []string {
	switch by {
	case ByID:
		return []string{r.Key.ID}
	case ByVIP:
		return vipsOf(r)
	case BySecureVIP:
		_, list := r.Packed.VIPs()
		return elements(list)
	default:
		return overrideOf(r)
	}
}

// vipsOf unpacks an instance only if it says no vip: then it may go by another.
func vipsOf(r *Row) []string {
	list, _ := r.Packed.VIPs()
	if list == "" {
		list = dialect.VIP(r.Instance())
	}
	return elements(list)
}

// elements returns what is in a comma-separated list.
func elements(list string) []string {
	all := strings.Split(list, ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return slices.DeleteFunc(all, func(e string) bool { return e == "" })
}

// overrideOf unpacks an instance only if it has ever been overridden.
func overrideOf(r *Row) []string {
	if r.Override == 0 || r.Instance().Override == "" {
		return nil
	}
	return []string{""}
}
