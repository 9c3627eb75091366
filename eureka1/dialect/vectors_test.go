package dialect_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// document returns one of the sample documents in testdata, without the white space
// between its pieces: it isn't written, and means nothing.
func document(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(name) == ".xml" {
		text = regexp.MustCompile(`>\s+<`).ReplaceAll(bytes.TrimSpace(text), []byte("><"))
		return text
	}
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func format(name string) dialect.Format {
	if filepath.Ext(name) == ".xml" {
		return dialect.XML
	}
	return dialect.JSON
}

func same(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		from := max(0, at-60)
		t.Errorf("%s differs at byte %d:\n…%.200s\nwant\n…%.200s", what, at, got[from:], want[from:])
	}
}

// TestDocumentsKeepTheirBytes reads what servers answer and writes it again.
func TestDocumentsKeepTheirBytes(t *testing.T) {
	for _, test := range []struct {
		name string
		form dialect.Form
	}{
		{"10-apps-full.json", dialect.JSONFull},
		{"10-apps-full.xml", dialect.XMLFull},
		{"11-apps-empty.json", dialect.JSONFull},
		{"11-apps-empty.xml", dialect.XMLFull},
		{"12-apps-compact.json", dialect.JSONCompact},
		{"12-apps-compact.xml", dialect.XMLCompact},
		{"13-delta.json", dialect.JSONFull},
		{"13-delta.xml", dialect.XMLFull},
		{"14-apps-full-after-delta.json", dialect.JSONFull},
		{"18-vip.json", dialect.JSONFull},
		{"18-vip-unknown.json", dialect.JSONFull},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := document(t, test.name)
			apps, err := dialect.DecodeApplications(format(test.name), want, 10)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "the document", apps.Append(nil, test.form), want)
			census := new(dialect.Census)
			for _, app := range apps.List {
				for _, i := range app.Instances {
					census.Add(i.Status, 1)
				}
			}
			if test.name[:2] != "13" && census.String() != apps.Hash {
				t.Errorf("the hash code is %q, want %q", census, apps.Hash)
			}
		})
	}
}

// TestCompactDocumentsAreFullOnesShortened shows one registry in every form: there
// are samples of it in full and compact.
func TestCompactDocumentsAreFullOnesShortened(t *testing.T) {
	for _, ending := range []string{".json", ".xml"} {
		name := "10-apps-full" + ending
		apps, err := dialect.DecodeApplications(format(name), document(t, name), 10)
		if err != nil {
			t.Fatal(err)
		}
		for a := range apps.List { // through the model, which keeps no order of metadata
			for n := range apps.List[a].Instances {
				apps.List[a].Instances[n] = through(&apps.List[a].Instances[n])
			}
		}
		same(t, "compact JSON of "+name, apps.Append(nil, dialect.JSONCompact), document(t, "12-apps-compact.json"))
		same(t, "compact XML of "+name, apps.Append(nil, dialect.XMLCompact), document(t, "12-apps-compact.xml"))
	}
}

func TestTheDeltaThatMisleadsIsPutInOrder(t *testing.T) {
	apps, err := dialect.DecodeApplications(dialect.JSON, document(t, "15-delta-hazard-deleted-first.json"), 10)
	if err != nil {
		t.Fatal(err)
	}
	back, err := dialect.DecodeApplications(dialect.JSON, apps.Append(nil, dialect.JSONFull), 10)
	if err != nil {
		t.Fatal(err)
	}
	for i, app := range back.List {
		if len(app.Instances) != len(apps.List[i].Instances) {
			t.Errorf("%s has %d instances of %d", app.Name, len(app.Instances), len(apps.List[i].Instances))
		}
		gone := false
		for _, in := range app.Instances {
			if gone && in.Action != dialect.Deleted {
				t.Errorf("%s: %s comes after one that was deleted", app.Name, in.InstanceID)
			}
			gone = in.Action == dialect.Deleted
		}
	}
}

func TestOneApplicationKeepsItsBytes(t *testing.T) {
	for name, form := range map[string]dialect.Form{"16-application.json": dialect.JSONFull, "16-application.xml": dialect.XMLFull} {
		want := document(t, name)
		app, err := dialect.DecodeApplication(format(name), want, 10)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, name, app.Append(nil, form), want)
	}
}

func TestOneInstanceKeepsItsBytes(t *testing.T) {
	for name, form := range map[string]dialect.Form{"17-instance.json": dialect.JSONFull, "17-instance.xml": dialect.XMLFull} {
		want := document(t, name)
		info, err := dialect.DecodeInstance(format(name), want)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, name, dialect.AppendInstanceDocument(nil, form, info), want)
	}
}

// TestTheOldestClientsSeeNoOtherStatus is the view of version 1.
func TestTheOldestClientsSeeNoOtherStatus(t *testing.T) {
	info, err := dialect.DecodeInstance(dialect.XML, document(t, "17-instance.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []dialect.Form{dialect.XMLFullV1, dialect.XMLCompactV1} {
		for _, s := range model.Statuses() {
			info.Status = s
			want := s
			if s == model.StatusOutOfService || s == model.StatusUnknown {
				want = model.StatusDown
			}
			if got := dialect.AppendInfo(nil, form, info); !bytes.Contains(got, []byte("<status>"+want+"</status>")) {
				t.Errorf("%s in %s: %s", s, form, got)
			}
		}
	}
}

func TestBatchesKeepTheirBytes(t *testing.T) {
	want := document(t, "19-peer-batch-request.json")
	items, err := dialect.DecodeBatch(want, 8)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the request", dialect.AppendBatch(nil, items), want)
	want = document(t, "20-peer-batch-response.json")
	answers, err := dialect.DecodeAnswers(want, 8)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the answer", dialect.AppendAnswers(nil, answers), want)
	if answers[3].Code != 404 || answers[4].Code != 409 || answers[4].Info.EffectiveID() != "i-0f00ba4" {
		t.Errorf("the answers are %+v", answers)
	}
	if _, err := dialect.DecodeBatch(document(t, "19-peer-batch-request.json"), 7); err == nil {
		t.Error("there may be more items than there may be")
	}
	if _, err := dialect.DecodeAnswers(want, 7); err == nil {
		t.Error("there may be more answers than items")
	}
}

func TestOverridesKeepTheirBytes(t *testing.T) {
	want := document(t, "21-statusoverrides.json")
	overrides, err := dialect.DecodeOverrides(want, 1)
	if err != nil || len(overrides) != 1 || overrides[0] != (dialect.Override{ID: "geo-1.map.test", Status: model.StatusOutOfService}) {
		t.Fatalf("%+v, %v", overrides, err)
	}
	same(t, "the document", dialect.AppendOverrides(nil, overrides), want)
	if _, err := dialect.DecodeOverrides(want, 0); err == nil {
		t.Error("there may be more than there may be")
	}
}

func TestTheServersStatusKeepsItsBytes(t *testing.T) {
	want := document(t, "22-status.json")
	s, err := dialect.DecodeServerStatus(dialect.JSON, want)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the document", s.Append(nil, dialect.JSON), want)
	back, err := dialect.DecodeServerStatus(dialect.XML, s.Append(nil, dialect.XML))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what was XML between", back.Append(nil, dialect.JSON), want)
}

func TestErrorsKeepTheirBytes(t *testing.T) {
	for _, name := range []string{"23-error-400-unparseable.json", "23-error-400-unparseable.xml"} {
		same(t, name, dialect.AppendError(nil, format(name), dialect.ErrUnparseable.Error()), document(t, name))
	}
}
