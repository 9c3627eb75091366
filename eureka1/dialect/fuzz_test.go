package dialect_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// samples adds every document of testdata with that ending.
func samples(f *testing.F, ending string) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file.Name(), ending) {
			f.Add(document(f, file.Name()))
		}
	}
}

// FuzzInstanceJSON holds that what is read is JSON, that it is written as something
// that reads the same, and that what the model takes of it comes back from there.
func FuzzInstanceJSON(f *testing.F) {
	samples(f, ".json")
	f.Add([]byte(`{"instance":{"hostName":"\ud83d\ude00","metadata":{"a":-1.5e+3,"heureka.ports":"[{\"number\":1,\"name\":\"x\"}]"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		info, err := dialect.DecodeInstance(dialect.JSON, body)
		if err != nil {
			if !errors.Is(err, dialect.ErrUnparseable) || info != nil {
				t.Fatalf("refused with %v and %+v", err, info)
			}
			return
		}
		if !json.Valid([]byte(strings.TrimPrefix(string(body), "\ufeff"))) {
			t.Fatalf("%q is read as %+v", body, info)
		}
		holds(t, dialect.JSONFull, info)
	})
}

// FuzzInstanceXML holds the same of XML.
func FuzzInstanceXML(f *testing.F) {
	samples(f, ".xml")
	f.Add([]byte("<instance><metadata><_.d83d_.de00>&#xD;]]&gt;</_.d83d_.de00><a:b/></metadata></instance>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		info, err := dialect.DecodeInstance(dialect.XML, body)
		if err != nil {
			if !errors.Is(err, dialect.ErrUnparseable) || info != nil {
				t.Fatalf("refused with %v and %+v", err, info)
			}
			return
		}
		holds(t, dialect.XMLFull, info)
	})
}

// holds checks that an info which was read is the same after it has been written, and
// after it has been an instance that the model takes.
func holds(t *testing.T, form dialect.Form, info *dialect.Info) {
	back := written(t, form, info)
	if info.DataCenter.Name != dialect.Amazon { // only Amazon's has metadata
		info.DataCenter = dialect.DataCenter{Given: true, Name: back.DataCenter.Name}
	}
	if info.SID == "na" || info.SID == "unknown" {
		info.SID = ""
	}
	if !reflect.DeepEqual(&back, info) {
		t.Fatalf("%+v is written as %+v", info, back)
	}
	if info.Check(info.App) != nil {
		return
	}
	in := info.Instance()
	if in.Validate(model.DefaultLimits()) != nil {
		return
	}
	shown := dialect.InfoOf(in, shownAs(info))
	again := written(t, form, &shown)
	if got := again.Instance(); !reflect.DeepEqual(got, in) && info.LastDirtyMs != 0 {
		t.Fatalf("%+v\nis shown as %+v\nand comes back as %+v", in, again, got)
	}
}

// FuzzDocuments holds that the documents of servers are read or refused, and nothing
// else.
func FuzzDocuments(f *testing.F) {
	samples(f, ".json")
	samples(f, ".xml")
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, format := range []dialect.Format{dialect.JSON, dialect.XML} {
			_, err := dialect.DecodeApplication(format, body, 10)
			refused(t, err)
			_, err = dialect.DecodeServerStatus(format, body)
			refused(t, err)
			apps, err := dialect.DecodeApplications(format, body, 10)
			refused(t, err)
			if err != nil {
				continue
			}
			form := []dialect.Form{dialect.JSONFull, dialect.XMLFull}[format]
			if _, err := dialect.DecodeApplications(format, apps.Append(nil, form), 10); err != nil {
				t.Fatalf("%+v is written as what can't be read: %v", apps, err)
			}
		}
		_, err := dialect.DecodeOverrides(body, 10)
		refused(t, err)
		_, err = dialect.DecodeAnswers(body, 10)
		refused(t, err)
		items, err := dialect.DecodeBatch(body, 10)
		refused(t, err)
		if back, err := dialect.DecodeBatch(dialect.AppendBatch(nil, items), 10); err != nil || len(back) != len(items) {
			t.Fatalf("%+v is written as %+v, %v", items, back, err)
		}
	})
}

func refused(t *testing.T, err error) {
	if err != nil && !errors.Is(err, dialect.ErrUnparseable) {
		t.Fatalf("refused with %v", err)
	}
}

// FuzzQuery holds that a query is read or refused.
func FuzzQuery(f *testing.F) {
	f.Add("status=UP&lastDirtyTimestamp=1767225600000&overriddenstatus=DOWN")
	f.Add("value=%4f&&=")
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := dialect.ParseQuery(raw)
		if _, ok := dialect.ParseStatus(string(q.Value)); q.Value != "" && !ok || err != nil && q != (dialect.Query{}) {
			t.Fatalf("%q is read as %+v, %v", raw, q, err)
		}
		table, err := dialect.ParseMetadata(raw)
		if _, class := table["@class"]; class || (err == nil) == (table == nil) {
			t.Fatalf("%q is read as %v, %v", raw, table, err)
		}
	})
}

// FuzzCut holds that what is cut is the items as they were said, each by itself JSON that
// reads the same, and joined again too.
func FuzzCut(f *testing.F) {
	samples(f, ".json")
	f.Add([]byte(`{"replicationList":[{"id":"1","id":"2\"]}","x":[{"a":"\\"}]},null ,{}],"replicationList":{"action":"Cancel"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		items, texts, err := dialect.CutBatch(body, 10)
		if err != nil {
			refused(t, err)
			return
		}
		back, again, err := dialect.CutBatch(dialect.JoinBatch(texts), 10)
		if err != nil || !reflect.DeepEqual(back, items) || !slices.Equal(again, texts) || len(items) != len(texts) {
			t.Fatalf("%q is cut into %q; joined again: %q, %v", body, texts, again, err)
		}
		for i, text := range texts {
			alone, err := dialect.DecodeBatch(dialect.JoinBatch(texts[i:i+1]), 1)
			if err != nil || !reflect.DeepEqual(alone, items[i:i+1]) || !json.Valid([]byte(text)) || !strings.Contains(string(body), text) {
				t.Fatalf("%q of %q reads as %+v, %v", text, body, alone, err)
			}
		}
		if cut, err := dialect.CutAnswers(dialect.JoinAnswers(texts), len(texts)); err != nil || !slices.Equal(cut, texts) {
			t.Fatalf("%q as answers: %q, %v", texts, cut, err)
		}
	})
}
