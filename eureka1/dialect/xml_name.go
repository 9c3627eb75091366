package dialect

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Keys of metadata are names of elements in XML, where not every text is one. As
// XStream has it, an underscore is two, a dollar sign is "_-", and any other
// character that has no place in a name is "_." and the four hexadecimal digits of
// its UTF-16 unit, of both where it takes two.

// appendName appends a key as the name of an element.
func appendName(dst []byte, key string) []byte {
	for i, c := range key {
		switch {
		case c == '_':
			dst = append(dst, "__"...)
		case c == '$':
			dst = append(dst, "_-"...)
		case inName(c, i == 0):
			dst = utf8.AppendRune(dst, c)
		case c >= 0x10000:
			dst = appendUnit(dst, 0xd800+(c-0x10000)>>10)
			dst = appendUnit(dst, 0xdc00+(c-0x10000)&0x3ff)
		default:
			dst = appendUnit(dst, c)
		}
	}
	return dst
}

func appendUnit(dst []byte, unit rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '_', '.', digits[unit>>12&15], digits[unit>>8&15], digits[unit>>4&15], digits[unit&15])
}

// inName reports whether a character may stand in a name as it is. Few may: a
// reader turns the others back, too, and every parser takes these.
func inName(c rune, first bool) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return true
	case '0' <= c && c <= '9', c == '-', c == '.':
		return !first
	default:
		return false
	}
}

// keyOf returns the key that stands in a document as this name. What is no escape
// stands for itself.
func keyOf(name string) string {
	if !strings.Contains(name, "_") {
		return name
	}
	key := make([]byte, 0, len(name))
	for len(name) > 0 {
		switch {
		case strings.HasPrefix(name, "__"):
			key, name = append(key, '_'), name[2:]
		case strings.HasPrefix(name, "_-"):
			key, name = append(key, '$'), name[2:]
		default:
			if c, n := escapedUnits(name); n > 0 {
				key, name = utf8.AppendRune(key, c), name[n:]
				continue
			}
			key, name = append(key, name[0]), name[1:]
		}
	}
	return string(key)
}

// escapedUnits returns the character that a name begins with as one or two escaped
// units, and their length; 0 if it doesn't.
func escapedUnits(name string) (c rune, length int) {
	high, ok := escapedUnit(name)
	if !ok {
		return 0, 0
	}
	if 0xd800 <= high && high <= 0xdbff {
		if low, ok := escapedUnit(name[6:]); ok && 0xdc00 <= low && low <= 0xdfff {
			return 0x10000 + (high-0xd800)<<10 + (low - 0xdc00), 12
		}
	}
	return high, 6
}

func escapedUnit(name string) (rune, bool) {
	if len(name) < 6 || !strings.HasPrefix(name, "_.") {
		return 0, false
	}
	n, err := strconv.ParseUint(name[2:6], 16, 16)
	return rune(n), err == nil
}
