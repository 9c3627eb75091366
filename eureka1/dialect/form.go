package dialect

import "strings"

// Format is how a document is written.
type Format uint8

// The formats.
const (
	JSON Format = iota
	XML
)

// ContentType returns the media type of documents in this format.
func (f Format) ContentType() string {
	if f == XML {
		return "application/xml"
	}
	return "application/json"
}

// Form is how instances are shown: a format, with all fields or the few of compact
// documents. XML has two more for the oldest clients, which only know UP, DOWN and
// STARTING: every other status is shown them as DOWN.
type Form uint8

// The forms.
const (
	JSONFull Form = iota
	JSONCompact
	XMLFull
	XMLCompact
	XMLFullV1
	XMLCompactV1
)

// Forms lists every form.
func Forms() []Form {
	return []Form{JSONFull, JSONCompact, XMLFull, XMLCompact, XMLFullV1, XMLCompactV1}
}

// Format returns the format of the form.
func (f Form) Format() Format {
	if f >= XMLFull {
		return XML
	}
	return JSON
}

// Compact reports whether the form leaves out most fields.
func (f Form) Compact() bool { return f == JSONCompact || f == XMLCompact || f == XMLCompactV1 }

// V1 reports whether the form is one for the oldest clients.
func (f Form) V1() bool { return f == XMLFullV1 || f == XMLCompactV1 }

// String returns a short name, fit for a metric's label.
func (f Form) String() string {
	names := [...]string{"json", "json-compact", "xml", "xml-compact", "xml-v1", "xml-compact-v1"}
	if int(f) < len(names) {
		return names[f]
	}
	return "unknown"
}

// FormOf returns the form that a request asks for: by its Accept header, which means
// JSON if it has these letters anywhere, by its X-Eureka-Accept header, and by
// whether its path is one of version 1.
func FormOf(accept, eurekaAccept string, v1 bool) Form {
	form := XMLFull
	switch {
	case strings.Contains(accept, "json"):
		form = JSONFull
	case v1:
		form = XMLFullV1
	}
	if strings.EqualFold(eurekaAccept, "compact") {
		form++
	}
	return form
}

// BodyFormat returns the format of a body with this Content-Type header. It is false
// for a media type that is neither, and for a charset other than the two that Eureka
// takes; bodies are UTF-8 all the same.
func BodyFormat(contentType string) (format Format, ok bool) {
	media, parameters, _ := strings.Cut(contentType, ";")
	if !charsetAccepted(parameters) {
		return XML, false
	}
	switch media = strings.ToLower(strings.TrimSpace(media)); {
	case media == "application/json", strings.HasSuffix(media, "+json"):
		return JSON, true
	case media == "", media == "*/*", media == "application/*", media == "application/xml", media == "text/xml",
		strings.HasSuffix(media, "+xml"):
		return XML, true
	default:
		return XML, false
	}
}

func charsetAccepted(parameters string) bool {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "charset") {
			continue
		}
		value = strings.Trim(strings.TrimSpace(value), `"`)
		return strings.EqualFold(value, "UTF-8") || strings.EqualFold(value, "ISO-8859-1")
	}
	return true
}
