package dialect

import "heureka/model"

// Entry is an instance as it is shown.
type Entry struct {
	Instance *model.Instance
	Shown    Shown
}

// AppendInstance appends one instance: in JSON an object, in XML an element.
func AppendInstance(dst []byte, form Form, in *model.Instance, shown Shown) []byte {
	info := InfoOf(in, shown)
	return AppendInfo(dst, form, &info)
}

// AppendInfo appends one instance: in JSON an object, in XML an element.
func AppendInfo(dst []byte, form Form, info *Info) []byte {
	switch form {
	case JSONFull:
		return appendJSON(dst, info)
	case JSONCompact:
		return appendJSONCompact(dst, info)
	case XMLCompact, XMLCompactV1:
		return appendXMLCompact(dst, info, form.V1())
	default:
		return appendXML(dst, info, form.V1())
	}
}

// AppendApplication appends one application with at least one instance. What was
// deleted comes last: a Java client that doesn't know the application takes over all
// of it at the first instance that it adds.
func AppendApplication(dst []byte, form Form, name string, entries []Entry) []byte {
	infos := make([]Info, len(entries))
	for i, e := range entries {
		infos[i] = InfoOf(e.Instance, e.Shown)
	}
	return appendApplication(dst, form, name, infos)
}

func appendApplication(dst []byte, form Form, name string, infos []Info) []byte {
	dst = AppendApplicationHead(dst, form, name)
	start := len(dst)
	for _, deleted := range []bool{false, true} {
		for i := range infos {
			if (infos[i].Action == Deleted) != deleted {
				continue
			}
			if len(dst) > start {
				dst = append(dst, Between(form)...)
			}
			dst = AppendInfo(dst, form, &infos[i])
		}
	}
	return append(dst, ApplicationTail(form)...)
}

// AppendInstanceDocument appends a document of one instance.
func AppendInstanceDocument(dst []byte, form Form, info *Info) []byte {
	before, after := AloneInstance(form.Format())
	dst = append(dst, before...)
	dst = AppendInfo(dst, form, info)
	return append(dst, after...)
}

// Append appends the application as a document.
func (a *Application) Append(dst []byte, form Form) []byte {
	before, after := AloneApplication(form.Format())
	dst = append(dst, before...)
	dst = appendApplication(dst, form, a.Name, a.Instances)
	return append(dst, after...)
}

// Append appends the applications as a document, those without instances left out.
func (a *Applications) Append(dst []byte, form Form) []byte {
	dst = AppendHead(dst, form, a.Envelope)
	start := len(dst)
	for i := range a.List {
		if len(a.List[i].Instances) == 0 {
			continue
		}
		if len(dst) > start {
			dst = append(dst, Between(form)...)
		}
		dst = appendApplication(dst, form, a.List[i].Name, a.List[i].Instances)
	}
	return AppendTail(dst, form, a.Envelope)
}
