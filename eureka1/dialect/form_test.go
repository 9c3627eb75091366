package dialect_test

import (
	"testing"

	"heureka/eureka1/dialect"
)

func TestForms(t *testing.T) {
	for _, test := range []struct {
		accept, eureka string
		v1             bool
		want           dialect.Form
	}{
		{"application/json", "", false, dialect.JSONFull},
		{"application/json, application/*+json", "full", false, dialect.JSONFull},
		{"application/json", "COMPACT", true, dialect.JSONCompact},
		{"", "", false, dialect.XMLFull},
		{"*/*", "tiny", false, dialect.XMLFull},
		{"text/html", "compact", false, dialect.XMLCompact},
		{"application/xml", "", true, dialect.XMLFullV1},
		{"application/xml", "compact", true, dialect.XMLCompactV1},
	} {
		got := dialect.FormOf(test.accept, test.eureka, test.v1)
		if got != test.want {
			t.Errorf("%q and %q, version 1 %v: %s, want %s", test.accept, test.eureka, test.v1, got, test.want)
		}
	}
	names := make(map[string]bool)
	for _, form := range dialect.Forms() {
		names[form.String()] = true
		if form.V1() && form.Format() != dialect.XML {
			t.Errorf("%s is one for the oldest clients", form)
		}
	}
	if len(names) != len(dialect.Forms()) || names["unknown"] || dialect.Form(99).String() != "unknown" {
		t.Errorf("the names are %v", names)
	}
}

func TestBodyFormats(t *testing.T) {
	for _, test := range []struct {
		header string
		format dialect.Format
		ok     bool
	}{
		{"application/json", dialect.JSON, true},
		{"application/json; charset=UTF-8", dialect.JSON, true},
		{`Application/JSON;charset="iso-8859-1"; x=y`, dialect.JSON, true},
		{"application/json;charset=UTF-16", dialect.JSON, false},
		{"application/vnd.x+json", dialect.JSON, true},
		{"", dialect.XML, true},
		{"*/*", dialect.XML, true},
		{"application/xml", dialect.XML, true},
		{"text/xml; charset=utf-8", dialect.XML, true},
		{"application/x-www-form-urlencoded", dialect.XML, false},
		{"text/plain", dialect.XML, false},
	} {
		format, ok := dialect.BodyFormat(test.header)
		if ok != test.ok || ok && format != test.format {
			t.Errorf("%q: %s, %v", test.header, format.ContentType(), ok)
		}
	}
}
