package interest

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// like is a pattern that is ready to match. Most patterns are a beginning, an end
// and anything between: those have no program, which would take some two kilobytes.
type like struct {
	prefix string // every text that it matches begins so
	suffix string // and ends so
	fold   bool   // both are folded, see foldCase
	core
}

// core is the part of a pattern that its literal ends don't settle.
type core struct {
	head, tail int            // bytes at both ends of a text that are settled
	program    *regexp.Regexp // matches what is between as a whole
	length     span           // without a program: how long anything between is
}

// span tells how long a text may be.
type span uint8

const (
	anyLength  span = iota
	someLength      // not empty
	noLength        // empty
)

// match reports whether the pattern matches a text.
func (l *like) match(text string) bool { return l.may(text) && l.settle(text) }

// may reports whether the text begins and ends as everything does that the pattern
// matches.
func (l *like) may(text string) bool {
	if l.prefix == "" && l.suffix == "" {
		return true
	}
	key := l.key(text)
	return strings.HasPrefix(key, l.prefix) && strings.HasSuffix(key, l.suffix)
}

// settle reports whether a text that may match does.
func (l *like) settle(text string) bool {
	if l.fold && l.program == nil {
		text = foldCase(text)
	}
	between := len(text) - l.head - l.tail
	switch {
	case between < 0:
		return false
	case l.program != nil:
		return l.program.MatchString(text[l.head : l.head+between])
	default:
		return l.length == anyLength || (between > 0) == (l.length == someLength)
	}
}

// key returns a text in the form in which it is compared with prefix and suffix.
func (l *like) key(text string) string {
	if l.fold {
		return foldCase(text)
	}
	return text
}

// compile returns a pattern of that kind. A dot matches any character. The fault
// is told in words.
func compile(kind Kind, pattern string, limit int) (*like, error) {
	// Parsed by itself first: what is a pattern alone can't reach beyond the
	// brackets that are put around it, as "a)|(b" would.
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("is no RE2 pattern: %s", syntaxReason(err))
	}
	if size := programSize(tree); size > limit {
		return nil, fmt.Errorf("takes about %d bytes once compiled, %d are allowed", size, limit)
	}
	anchored, tree, err := anchor(kind, pattern)
	if err != nil {
		return nil, fmt.Errorf("is no RE2 pattern: %s", syntaxReason(err))
	}
	l := &like{fold: kind == App}
	l.prefix, l.suffix = literalEnds(tree, l.fold)
	if l.core, err = compileCore(tree, anchored, l.fold); err != nil {
		return nil, fmt.Errorf("is no RE2 pattern: %s", syntaxReason(err))
	}
	return l, nil
}

// compileCore returns the core of an anchored pattern: as little as can be, or all
// of it.
func compileCore(tree *syntax.Regexp, anchored string, fold bool) (core, error) {
	if c, middle, ok := takeApart(tree, fold); ok {
		if middle == nil {
			return c, nil
		}
		var err error
		if c.program, err = regexp.Compile(`\A(?:` + middle.String() + `)\z`); err == nil {
			return c, nil
		}
	}
	program, err := regexp.Compile(anchored)
	return core{program: program}, err
}

// anchor returns a pattern so anchored that it matches whole texts only, and
// parsed.
func anchor(kind Kind, pattern string) (string, *syntax.Regexp, error) {
	flags := "s"
	if kind == App {
		flags = "is"
	}
	anchored := `\A(?` + flags + `:` + pattern + `)\z`
	tree, err := syntax.Parse(anchored, syntax.Perl)
	if err != nil {
		// A \Q that no \E ends has swallowed our closing bracket.
		anchored = `\A(?` + flags + `:` + pattern + `\E)\z`
		tree, err = syntax.Parse(anchored, syntax.Perl)
	}
	return anchored, tree, err
}

// syntaxReason says what is wrong with a pattern without repeating all of it.
func syntaxReason(err error) string {
	var fault *syntax.Error
	if errors.As(err, &fault) {
		return fmt.Sprintf("%s: %.40q", fault.Code, fault.Expr)
	}
	return err.Error()
}

const (
	instructionBytes = 40 // of one syntax.Inst
	runeBytes        = 4
)

// programSize estimates the bytes of the program that the pattern compiles to,
// without compiling it: repetitions are written out in a program, and character
// classes are lists of ranges.
func programSize(re *syntax.Regexp) int {
	if re.Op == syntax.OpLiteral {
		return instructionBytes * len(re.Rune)
	}
	parts := 0
	for _, sub := range re.Sub {
		parts += programSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		parts *= max(re.Min, re.Max, 1)
	}
	return parts + instructionBytes + runeBytes*len(re.Rune)
}
