package interest

import (
	"slices"
	"sort"
)

// lane is the part of an index for one kind of interest.
type lane[T comparable] struct {
	kind     Kind
	equals   map[string]*bucket[T]  // by value
	patterns map[string]*pattern[T] // by their text
	prefixes prefixes[T]            // the same, by how what they match begins
	order    []*pattern[T]          // by rising serial, some of them gone
	serial   uint64                 // of the newest pattern
	removed  uint64                 // how many patterns have gone
	verdicts cache[T]
	matches  uint64 // matches tried
}

// pattern is one distinct pattern and who has it.
type pattern[T comparable] struct {
	bucket bucket[T]
	serial uint64 // patterns of a lane are numbered as they come
	prefix string // that of like
	like   *like  // nil once the pattern has gone
}

func (l *lane[T]) empty() bool { return len(l.equals) == 0 && len(l.patterns) == 0 }

// bucketOf returns the bucket for an atom, made if there was none.
func (l *lane[T]) bucketOf(a atom) *bucket[T] {
	if a.Op == Equals {
		b, ok := l.equals[a.Value]
		if !ok {
			if l.equals == nil {
				l.equals = make(map[string]*bucket[T])
			}
			b = new(bucket[T])
			l.equals[a.Value] = b
		}
		return b
	}
	p, ok := l.patterns[a.Value]
	if !ok {
		if l.patterns == nil {
			l.patterns = make(map[string]*pattern[T])
		}
		l.serial++
		p = &pattern[T]{serial: l.serial, like: a.like, prefix: a.like.prefix}
		l.patterns[a.Value] = p
		l.prefixes.add(p)
		l.order = append(l.order, p)
	}
	return &p.bucket
}

// release drops the bucket of an atom that nobody has any more.
func (l *lane[T]) release(a atom) {
	if a.Op == Equals {
		delete(l.equals, a.Value)
		if len(l.equals) == 0 {
			l.equals = nil // a map keeps the room it once needed
		}
		return
	}
	p := l.patterns[a.Value]
	p.like = nil
	l.prefixes.remove(p)
	delete(l.patterns, a.Value)
	l.removed++
	if len(l.patterns) == 0 {
		l.patterns, l.order, l.prefixes = nil, nil, prefixes[T]{}
		l.verdicts.clear()
	} else if len(l.order) > 2*len(l.patterns) {
		l.order = slices.Clone(slices.DeleteFunc(l.order, (*pattern[T]).gone))
	}
}

func (p *pattern[T]) gone() bool { return p.like == nil }

// likes returns the patterns that match the value. They are valid until the
// next call.
func (l *lane[T]) likes(value string) []*pattern[T] {
	if len(l.patterns) == 0 {
		return nil
	}
	v := l.verdicts.get(value)
	if v.removed == l.removed && v.serial == l.serial {
		return v.matched
	}
	if v.removed != l.removed {
		v.matched = slices.DeleteFunc(v.matched, (*pattern[T]).gone)
	}
	for _, p := range l.untried(value, v.serial) {
		if p.gone() || !p.like.may(value) {
			continue
		}
		l.matches++
		if p.like.settle(value) {
			v.matched = append(v.matched, p)
		}
	}
	v.serial, v.removed = l.serial, l.removed
	l.verdicts.weigh(value, v)
	return v.matched
}

// fewUntried is up to how many patterns are tried one by one rather than looked up
// by their prefixes.
const fewUntried = 32

// untried returns the patterns above a serial, those left out that can't match the
// value, where they are many; by rising serial.
func (l *lane[T]) untried(value string, serial uint64) []*pattern[T] {
	newer := l.order[sort.Search(len(l.order), func(i int) bool { return l.order[i].serial > serial }):]
	if len(newer) <= fewUntried {
		return newer
	}
	if l.kind == App {
		value = foldCase(value)
	}
	found := l.prefixes.of(value)
	return found[sort.Search(len(found), func(i int) bool { return found[i].serial > serial }):]
}
