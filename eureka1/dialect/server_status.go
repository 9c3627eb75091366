package dialect

import (
	"encoding/xml"
	"strconv"
)

// ServerStatus is the document in which a server tells of itself.
type ServerStatus struct {
	General      []Pair // such as "environment"
	Applications []Pair // such as "registered-replicas"
	Info         *Info  // the server's own; may be nil
	Healthy      bool
}

// Append appends the document.
func (s *ServerStatus) Append(dst []byte, format Format) []byte {
	if format == XML {
		return s.appendXML(dst)
	}
	dst = append(dst, `{"generalStats":`...)
	dst = appendJSONTable(dst, s.General)
	dst = append(dst, `,"applicationStats":`...)
	dst = appendJSONTable(dst, s.Applications)
	if s.Info != nil {
		dst = append(dst, `,"instanceInfo":`...)
		dst = appendJSON(dst, s.Info)
	}
	if s.Healthy {
		return append(dst, `,"healthy":true}`...)
	}
	return append(dst, `,"healthy":false}`...)
}

// appendXML spells one name as the reference does.
func (s *ServerStatus) appendXML(dst []byte) []byte {
	dst = append(dst, "<status><generalStats>"...)
	for _, p := range s.General {
		dst = appendEntry(dst, p)
	}
	dst = append(dst, "</generalStats><applicationStats>"...)
	for _, p := range s.Applications {
		dst = appendEntry(dst, p)
	}
	dst = append(dst, "</applicationStats>"...)
	if s.Info != nil {
		dst = append(dst, "<instanceInfo>"...)
		dst = appendXMLFields(dst, s.Info, false)
		dst = append(dst, "</instanceInfo>"...)
	}
	dst = appendElement(dst, "isHeathly", strconv.FormatBool(s.Healthy))
	return append(dst, "</status>"...)
}

func appendJSONTable(dst []byte, table []Pair) []byte {
	dst = append(dst, '{')
	for i, p := range table {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, p.Key), ':')
		dst = appendQuoted(dst, p.Value)
	}
	return append(dst, '}')
}

// DecodeServerStatus reads the document. Errors wrap ErrUnparseable.
func DecodeServerStatus(format Format, document []byte) (*ServerStatus, error) {
	s := new(ServerStatus)
	var err error
	if format == JSON {
		err = readJSON(document, func(r *jsonReader) { r.serverStatus(s) })
	} else {
		err = readXML(document, func(x *xmlReader, _ string) { x.serverStatus(s) })
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (r *jsonReader) serverStatus(s *ServerStatus) {
	r.object(func(name string) {
		switch name {
		case "generalStats":
			s.General = r.table()
		case "applicationStats":
			s.Applications = r.table()
		case "instanceInfo":
			s.Info = r.instanceOrNull()
		case "healthy":
			s.Healthy, _ = r.flag()
		default:
			r.skip()
		}
	})
}

func (x *xmlReader) serverStatus(s *ServerStatus) {
	x.children(func(start xml.StartElement) {
		switch start.Name.Local {
		case "generalStats":
			s.General = x.table()
		case "applicationStats":
			s.Applications = x.table()
		case "instanceInfo":
			i := x.instance()
			s.Info = &i
		case "isHeathly", "healthy":
			s.Healthy = parseFlag(x.trimmed())
		default:
			x.skip()
		}
	})
}
