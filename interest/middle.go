package interest

import (
	"regexp/syntax"
	"slices"
	"unicode"
)

// takeApart takes the literal ends off an anchored pattern, so that what is left is
// a smaller program, or none: then middle is nil. It reports false where it can't be
// sure that text matches the pattern just when its parts match the parts: if something
// in the middle looks beyond it, as \b does. Where case is disregarded the ends are
// those of folded text, and the middle must be nothing or anything: folding changes
// how long a text is.
func takeApart(tree *syntax.Regexp, fold bool) (c core, middle *syntax.Regexp, ok bool) {
	if tree.Op != syntax.OpConcat {
		return core{}, nil, false
	}
	parts, prefix := cutEnd(tree.Sub, syntax.OpBeginText, fold, false)
	parts, suffix := cutEnd(parts, syntax.OpEndText, fold, true)
	c = core{head: settled(prefix, fold), tail: settled(suffix, fold)}
	switch {
	case len(parts) == 0:
		c.length = noLength
	case len(parts) == 1 && repeats(syntax.OpStar, parts[0]):
		c.length = anyLength
	case len(parts) == 1 && repeats(syntax.OpPlus, parts[0]):
		c.length = someLength
	case fold || slices.ContainsFunc(parts, looksAround):
		return core{}, nil, false
	default:
		middle = &syntax.Regexp{Op: syntax.OpConcat, Sub: parts, Flags: tree.Flags}
	}
	return c, middle, true
}

// settled returns how many bytes of a text a literal is.
func settled(literal []rune, fold bool) int {
	if fold {
		return len(foldCase(string(literal)))
	}
	return len(string(literal))
}

// cutEnd takes the literals off one end of the parts. Anchors count only outside of
// all else.
func cutEnd(parts []*syntax.Regexp, anchor syntax.Op, fold, last bool) (rest []*syntax.Regexp, literal []rune) {
	for len(parts) > 0 {
		at := 0
		if last {
			at = len(parts) - 1
		}
		switch part := parts[at]; {
		case part.Op == syntax.OpEmptyMatch, part.Op == anchor && len(literal) == 0:
		case part.Op != syntax.OpLiteral || !plain(part, fold):
			return parts, literal
		case last:
			literal = slices.Concat(part.Rune, literal)
		default:
			literal = slices.Concat(literal, part.Rune)
		}
		parts = slices.Delete(slices.Clone(parts), at, at+1)
	}
	return parts, literal
}

// plain reports whether a literal treats case as all of the pattern is meant to.
func plain(literal *syntax.Regexp, fold bool) bool {
	cased := func(r rune) bool { return unicode.SimpleFold(r) != r }
	return literal.Flags&syntax.FoldCase != 0 == fold || !slices.ContainsFunc(literal.Rune, cased)
}

// repeats reports whether an expression is any character so repeated.
func repeats(how syntax.Op, re *syntax.Regexp) bool {
	return re.Op == how && re.Sub[0].Op == syntax.OpAnyChar
}

// looksAround reports whether an expression depends on what is beside it.
func looksAround(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, looksAround)
}
