package dialect

// Envelope is what stands around the applications of a document.
type Envelope struct {
	Version int64  // VersionFull, VersionSome, or a delta's own number, from 0 on
	Hash    string // see Census
}

// The versions of documents that are no deltas.
const (
	VersionFull = 1  // of a whole registry
	VersionSome = -1 // of a choice from it, by vip
)

// AppendHead appends what stands before the first application of a document.
func AppendHead(dst []byte, form Form, e Envelope) []byte {
	switch {
	case form == JSONCompact:
		return append(dst, `{"applications":{"application":[`...)
	case form == JSONFull:
		dst = append(dst, `{"applications":{`...)
		dst = appendEnvelopeJSON(dst, e)
		return append(dst, `,"application":[`...)
	case form.Compact():
		return append(dst, "<applications>"...)
	default:
		dst = append(dst, "<applications>"...)
		return appendEnvelopeXML(dst, e)
	}
}

// AppendTail appends what stands after the last application of a document.
func AppendTail(dst []byte, form Form, e Envelope) []byte {
	switch {
	case form == JSONCompact:
		dst = append(dst, `],`...)
		dst = appendEnvelopeJSON(dst, e)
		return append(dst, `}}`...)
	case form == JSONFull:
		return append(dst, `]}}`...)
	case form.Compact():
		dst = appendEnvelopeXML(dst, e)
		return append(dst, "</applications>"...)
	default:
		return append(dst, "</applications>"...)
	}
}

func appendEnvelopeJSON(dst []byte, e Envelope) []byte {
	dst = append(dst, `"versions__delta":`...)
	dst = appendNumberText(dst, e.Version)
	dst = append(dst, `,"apps__hashcode":`...)
	return appendQuoted(dst, e.Hash)
}

func appendEnvelopeXML(dst []byte, e Envelope) []byte {
	dst = appendNumberElement(dst, "versions__delta", e.Version)
	return appendElement(dst, "apps__hashcode", e.Hash)
}

// Between returns what stands between two applications, and between two instances
// of one.
func Between(form Form) string {
	if form.Format() == JSON {
		return ","
	}
	return ""
}

// AppendApplicationHead appends what stands before the first instance of an
// application. No client wants an application without any.
func AppendApplicationHead(dst []byte, form Form, name string) []byte {
	if form.Format() == XML {
		dst = append(dst, "<application>"...)
		return appendElement(dst, "name", name)
	}
	dst = append(dst, `{"name":`...)
	dst = appendQuoted(dst, name)
	return append(dst, `,"instance":[`...)
}

// ApplicationTail returns what stands after the last instance of an application.
func ApplicationTail(form Form) string {
	if form.Format() == XML {
		return "</application>"
	}
	return "]}"
}

// AloneApplication returns what stands around an application, from its head to its
// tail, that is a document by itself.
func AloneApplication(format Format) (before, after string) {
	if format == JSON {
		return `{"application":`, "}"
	}
	return "", ""
}

// AloneInstance returns what stands around an instance that is a document by itself.
func AloneInstance(format Format) (before, after string) {
	if format == JSON {
		return `{"instance":`, "}"
	}
	return "", ""
}

// AppendError appends the document that says why a request was refused, where there
// is one.
func AppendError(dst []byte, format Format, message string) []byte {
	if format == XML {
		dst = append(dst, "<error><message>"...)
		dst = appendText(dst, message)
		return append(dst, "</message></error>"...)
	}
	dst = append(dst, `{"error":`...)
	dst = appendQuoted(dst, message)
	return append(dst, '}')
}
