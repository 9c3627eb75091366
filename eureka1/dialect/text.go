package dialect

import (
	"strconv"
	"unicode/utf8"
)

// appendQuoted appends a text as JSON writes it.
func appendQuoted(dst []byte, text string) []byte {
	dst = append(dst, '"')
	clean := 0 // what comes before has been appended
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, text[clean:i]...)
			dst = appendEscape(dst, c)
			i++
			clean = i
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			dst = append(dst, text[clean:i]...)
			dst = append(dst, "\ufffd"...)
			clean = i + n
		}
		i += n
	}
	dst = append(dst, text[clean:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
	}
}

// appendText appends a text as XML writes it. XML has no way to write most control
// characters: they become U+FFFD.
func appendText(dst []byte, text string) []byte {
	clean := 0
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		if escape := xmlEscape(r, n); escape != "" {
			dst = append(dst, text[clean:i]...)
			dst = append(dst, escape...)
			clean = i + n
		}
		i += n
	}
	return append(dst, text[clean:]...)
}

// xmlEscape returns what stands for a character of n bytes, "" if that is itself.
func xmlEscape(r rune, n int) string {
	switch {
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '\r':
		return "&#xD;"
	case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff, r == utf8.RuneError && n == 1:
		return "\ufffd"
	default:
		return ""
	}
}

// appendNumberText appends a number in quotation marks.
func appendNumberText(dst []byte, n int64) []byte {
	dst = append(dst, '"')
	dst = strconv.AppendInt(dst, n, 10)
	return append(dst, '"')
}

// appendFlagText appends a boolean in quotation marks.
func appendFlagText(dst []byte, set bool) []byte {
	if set {
		return append(dst, `"true"`...)
	}
	return append(dst, `"false"`...)
}
