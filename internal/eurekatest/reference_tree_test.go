package eurekatest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// tree is a document, whatever it was written in, with the order of its keys.
type tree struct {
	name string
	kind string // object, list, text, number, flag or null
	text string // of what is neither an object nor a list
	kids []*tree
}

// parse reads a body by its media type; what is neither JSON nor XML, or can't be read
// as what it says it is, is a text.
func parse(media string, body []byte) *tree {
	var doc *tree
	err := errors.New("no document")
	switch {
	case len(body) == 0:
		return &tree{kind: "nothing"}
	case strings.Contains(media, "json"):
		doc, err = parseJSON(body)
	case strings.Contains(media, "xml"):
		doc, err = parseXML(body)
	}
	if err != nil {
		return &tree{kind: "no document", text: string(body)}
	}
	return doc
}

func parseJSON(body []byte) (*tree, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	doc, err := jsonValue(d, "")
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more after the document: %w", err)
	}
	return doc, nil
}

func jsonValue(d *json.Decoder, name string) (*tree, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		return jsonInside(d, name, v)
	case string:
		return &tree{name: name, kind: "text", text: v}, nil
	case json.Number:
		return &tree{name: name, kind: "number", text: v.String()}, nil
	case bool:
		return &tree{name: name, kind: "flag", text: fmt.Sprint(v)}, nil
	default:
		return &tree{name: name, kind: "null"}, nil
	}
}

// jsonInside reads an object or a list up to its end.
func jsonInside(d *json.Decoder, name string, open json.Delim) (*tree, error) {
	t := &tree{name: name, kind: "list"}
	if open == '{' {
		t.kind = "object"
	}
	for d.More() {
		key := "[]"
		if t.kind == "object" {
			token, err := d.Token()
			if err != nil {
				return nil, err
			}
			key = token.(string) // the decoder has checked that
		}
		kid, err := jsonValue(d, key)
		if err != nil {
			return nil, err
		}
		t.kids = append(t.kids, kid)
	}
	_, err := d.Token()
	return t, err
}

func parseXML(body []byte) (*tree, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok {
			return xmlElement(d, start)
		}
	}
}

// xmlElement reads an element: attributes are children with @ before their name.
func xmlElement(d *xml.Decoder, start xml.StartElement) (*tree, error) {
	t := &tree{name: start.Name.Local, kind: "text"}
	for _, a := range start.Attr {
		t.kids = append(t.kids, &tree{name: "@" + a.Name.Local, kind: "text", text: a.Value})
	}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch v := token.(type) {
		case xml.StartElement:
			kid, err := xmlElement(d, v)
			if err != nil {
				return nil, err
			}
			t.kind = "object"
			t.kids = append(t.kids, kid)
		case xml.CharData:
			t.text += string(v)
		case xml.EndElement:
			if t.kind == "object" {
				t.text = ""
			}
			return t, nil
		}
	}
}

// get returns the first child of that name, or nil.
func (t *tree) get(name string) *tree {
	for _, kid := range t.kids {
		if kid.name == name {
			return kid
		}
	}
	return nil
}

// word returns the text of the first child of that name.
func (t *tree) word(name string) string {
	if kid := t.get(name); kid != nil {
		return kid.text
	}
	return ""
}

// short describes it in a line.
func (t *tree) short() string {
	switch {
	case t == nil:
		return "(absent)"
	case t.kind == "text" && len(t.kids) == 0:
		return fmt.Sprintf("%.200q", t.text)
	case len(t.kids) == 0:
		return fmt.Sprintf("(%s) %.200s", t.kind, t.text)
	default:
		names := make([]string, 0, len(t.kids))
		for _, kid := range t.kids {
			names = append(names, kid.name)
		}
		return fmt.Sprintf("(%s) %.80s", t.kind, strings.Join(names, " "))
	}
}
