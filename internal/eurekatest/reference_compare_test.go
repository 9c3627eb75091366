package eurekatest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// difference is one thing in which two answers differ.
type difference struct {
	step         string // story and step
	what         string // "status", a header's name, or the path in the document
	theirs, ours string
	at           string // who answered so
}

// likeness is what differences have in common that are reported together.
type likeness struct{ what, theirs, ours, at string }

func (d difference) likeness() likeness { return likeness{d.what, d.theirs, d.ours, d.at} }

// without returns the difference as if it were of any story.
func (d difference) without(tag string) difference {
	d.theirs, d.ours = strings.ReplaceAll(d.theirs, tag, "{id}"), strings.ReplaceAll(d.ours, tag, "{id}")
	app := strings.ToUpper(tag)
	d.theirs, d.ours = strings.ReplaceAll(d.theirs, app, "{app}"), strings.ReplaceAll(d.ours, app, "{app}")
	return d
}

// comparison compares two answers to the same request.
type comparison struct {
	step  string
	at    string    // who gives ours
	began time.Time // before the story's first request
	found []difference
}

func (c *comparison) differ(what, theirs, ours string) {
	if theirs != ours {
		c.found = append(c.found, difference{c.step, what, theirs, ours, c.at})
	}
}

func (c *comparison) answers(theirs, ours *answer) {
	c.differ("status", strconv.Itoa(theirs.code), strconv.Itoa(ours.code))
	switch {
	case theirs.code != ours.code:
		return // nothing else is to be compared
	case isErrorPage(theirs):
		c.differ("error page", "of its container", ours.doc.short())
		return
	}
	for _, name := range comparedHeaders {
		c.differ(name, strings.ToLower(theirs.header.Get(name)), strings.ToLower(ours.header.Get(name)))
	}
	c.trees("body", theirs.doc, ours.doc)
}

// isErrorPage reports whether an answer is what Spring and Tomcat say of any error, and
// nothing of Eureka's own.
func isErrorPage(a *answer) bool {
	return a.code >= http.StatusBadRequest &&
		(a.doc.get("timestamp") != nil && a.doc.get("path") != nil || strings.HasPrefix(a.header.Get("Content-Type"), "text/html"))
}

// comparedHeaders are those that clients look at.
var comparedHeaders = []string{"Content-Type", "Content-Encoding", "Location", "Allow"}

func (c *comparison) trees(path string, theirs, ours *tree) {
	if theirs == nil || ours == nil || theirs.kind != ours.kind {
		c.differ(path, theirs.short(), ours.short())
		return
	}
	if rule := ruleOf(path); rule != nil {
		c.differ(path, rule(c, theirs.text), rule(c, ours.text))
		return
	}
	switch theirs.kind {
	case "object":
		c.objects(path, theirs, ours)
	case "list":
		c.lists(path+"[]", theirs.kids, ours.kids)
	default:
		c.differ(path, theirs.short(), ours.short())
		c.objects(path, theirs, ours) // attributes
	}
}

// objects compares by name; what comes several times, by what it is called.
func (c *comparison) objects(path string, theirs, ours *tree) {
	names, others := namesOf(theirs), namesOf(ours)
	for _, name := range names {
		at := path + "." + name
		a, b := named(theirs, name), named(ours, name)
		switch {
		case len(b) == 0:
			c.differ(at, a[0].short(), "(absent)")
		case isMany(name):
			c.lists(at, a, b)
		default:
			c.trees(at, a[0], b[0])
		}
	}
	for _, name := range others {
		if !slices.Contains(names, name) {
			c.differ(path+"."+name, "(absent)", named(ours, name)[0].short())
		}
	}
	shared := func(all, of []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(all), func(n string) bool { return !slices.Contains(of, n) }), " ")
	}
	if !isTable(path) { // as there, the order in which a hash table lists it
		c.differ(path+" order", shared(names, others), shared(others, names))
	}
}

// lists compares applications by name and instances by id, everything else in order.
func (c *comparison) lists(path string, theirs, ours []*tree) {
	byKey := func(a, b *tree) int { return cmp.Compare(keyOf(a), keyOf(b)) }
	theirs, ours = slices.SortedStableFunc(slices.Values(theirs), byKey), slices.SortedStableFunc(slices.Values(ours), byKey)
	for len(theirs) > 0 || len(ours) > 0 {
		var a, b *tree
		if len(ours) == 0 || len(theirs) > 0 && byKey(theirs[0], ours[0]) <= 0 {
			a = theirs[0]
		}
		if len(theirs) == 0 || len(ours) > 0 && byKey(ours[0], theirs[0]) <= 0 {
			b = ours[0]
		}
		if a != nil {
			theirs = theirs[1:]
		}
		if b != nil {
			ours = ours[1:]
		}
		c.trees(path, a, b)
	}
}

// keyOf returns what an element of a list is known by.
func keyOf(t *tree) string {
	if id := t.word("instanceId"); id != "" {
		return id
	}
	return t.word("name")
}

func isMany(name string) bool  { return name == "application" || name == "instance" }
func isTable(path string) bool { return strings.HasSuffix(path, "etadata") }

func namesOf(t *tree) (names []string) {
	for _, kid := range t.kids {
		if !slices.Contains(names, kid.name) {
			names = append(names, kid.name)
		}
	}
	return names
}

func named(t *tree, name string) (all []*tree) {
	for _, kid := range t.kids {
		if kid.name == name {
			all = append(all, kid)
		}
	}
	return all
}

// ruleOf returns how a value is looked at that can't be the same at two servers; nil:
// it must be.
func ruleOf(path string) func(*comparison, string) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	switch {
	case strings.HasSuffix(name, "Timestamp"):
		return (*comparison).moment
	case name == "versions__delta":
		return (*comparison).version
	default:
		return nil
	}
}

// moment tells a time of this story from none, from one to come and from one that the
// client said, which counts to the millisecond.
func (c *comparison) moment(text string) string {
	ms, err := strconv.ParseInt(text, 10, 64)
	at := time.UnixMilli(ms)
	switch {
	case err != nil:
		return "no number: " + text
	case at.Before(c.began.Add(-time.Millisecond)):
		return text
	case at.After(time.Now()):
		return "to come"
	default:
		return "lately"
	}
}

// version tells the numbers of deltas, which each server counts for itself.
func (c *comparison) version(text string) string {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n >= 0 && strings.Contains(c.step, "apps/delta") {
		return "a number"
	}
	return text
}
