package interest

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// like is a pattern that is ready to match.
type like struct {
	program *regexp.Regexp // so anchored that it matches whole texts only
	prefix  string         // every text that it matches begins so; see literalEnds
	suffix  string         // and ends so
	fold    bool           // both are folded
}

// match reports whether the pattern matches a text.
func (l *like) match(text string) bool { return l.may(text) && l.program.MatchString(text) }

// may reports whether the text begins and ends as everything does that the pattern
// matches.
func (l *like) may(text string) bool {
	if l.prefix == "" && l.suffix == "" {
		return true
	}
	key := l.key(text)
	return strings.HasPrefix(key, l.prefix) && strings.HasSuffix(key, l.suffix)
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
	flags := "s"
	if kind == App {
		flags = "is"
	}
	anchored, err := regexp.Compile(`\A(?` + flags + `:` + pattern + `)\z`)
	if err != nil {
		// A \Q that no \E ends has swallowed our closing bracket.
		anchored, err = regexp.Compile(`\A(?` + flags + `:` + pattern + `\E)\z`)
	}
	if err != nil {
		return nil, fmt.Errorf("is no RE2 pattern: %s", syntaxReason(err))
	}
	l := &like{program: anchored, fold: kind == App}
	l.prefix, l.suffix = literalEnds(kind, anchored.String())
	return l, nil
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
