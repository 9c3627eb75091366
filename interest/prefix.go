package interest

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// literalEnds returns texts with which every match of an anchored pattern begins and
// ends; "" if there is none. Where case is disregarded they are folded, see foldCase.
func literalEnds(tree *syntax.Regexp, fold bool) (prefix, suffix string) {
	first, _ := leading(tree, fold)
	last, _ := trailing(tree, fold)
	if fold {
		return foldCase(string(first)), foldCase(string(last))
	}
	return string(first), string(last)
}

// leading returns the runes with which a match begins, and whether it ends there,
// too. Literals that disregard case count only where fold says so.
func leading(re *syntax.Regexp, fold bool) (prefix []rune, whole bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText:
		return nil, true
	case syntax.OpLiteral:
		if !fold && !plain(re, false) {
			return nil, false
		}
		return re.Rune, true
	case syntax.OpCapture:
		return leading(re.Sub[0], fold)
	case syntax.OpPlus:
		prefix, _ = leading(re.Sub[0], fold)
		return prefix, false
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			more, whole := leading(sub, fold)
			prefix = append(slices.Clip(prefix), more...)
			if !whole {
				return prefix, false
			}
		}
		return prefix, true
	default:
		return nil, false
	}
}

// trailing returns the runes with which a match ends, and whether it begins there,
// too. See leading.
func trailing(re *syntax.Regexp, fold bool) (suffix []rune, whole bool) {
	switch re.Op {
	case syntax.OpEndText:
		return nil, true
	case syntax.OpCapture:
		return trailing(re.Sub[0], fold)
	case syntax.OpPlus:
		suffix, _ = trailing(re.Sub[0], fold)
		return suffix, false
	case syntax.OpConcat:
		for _, sub := range slices.Backward(re.Sub) {
			more, whole := trailing(sub, fold)
			suffix = slices.Concat(more, suffix)
			if !whole {
				return suffix, false
			}
		}
		return suffix, true
	default: // what has no parts is the same from both ends
		return leading(re, fold)
	}
}

// foldCase returns a text in which each rune is the least of those that differ
// from it in case only: texts that a pattern can't tell apart if it disregards case
// are the same.
func foldCase(text string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, text)
}

// prefixes finds the patterns that a value can match by how it begins.
type prefixes[T comparable] struct {
	by      map[string][]*pattern[T]
	lengths []prefixLength // by rising length
}

// prefixLength counts the prefixes that are so long.
type prefixLength struct{ bytes, count int }

func (ps *prefixes[T]) add(p *pattern[T]) {
	if ps.by == nil {
		ps.by = make(map[string][]*pattern[T])
	}
	if len(ps.by[p.prefix]) == 0 {
		i, found := ps.length(len(p.prefix))
		if !found {
			ps.lengths = slices.Insert(ps.lengths, i, prefixLength{bytes: len(p.prefix)})
		}
		ps.lengths[i].count++
	}
	ps.by[p.prefix] = append(ps.by[p.prefix], p)
}

func (ps *prefixes[T]) remove(p *pattern[T]) {
	same := ps.by[p.prefix]
	at := slices.Index(same, p)
	ps.by[p.prefix] = slices.Delete(same, at, at+1)
	if len(same) > 1 {
		return
	}
	delete(ps.by, p.prefix)
	i, _ := ps.length(len(p.prefix))
	if ps.lengths[i].count--; ps.lengths[i].count == 0 {
		ps.lengths = slices.Delete(ps.lengths, i, i+1)
	}
}

func (ps *prefixes[T]) length(bytes int) (at int, found bool) {
	return slices.BinarySearchFunc(ps.lengths, bytes, func(l prefixLength, bytes int) int { return l.bytes - bytes })
}

// of returns the patterns whose prefix the text begins with, by rising serial.
func (ps *prefixes[T]) of(text string) []*pattern[T] {
	var found []*pattern[T]
	for _, l := range ps.lengths {
		if l.bytes > len(text) {
			break
		}
		found = append(found, ps.by[text[:l.bytes]]...)
	}
	slices.SortFunc(found, func(a, b *pattern[T]) int { return int(a.serial) - int(b.serial) })
	return found
}
