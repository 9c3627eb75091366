package dialect_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// TestDocumentsAreTheirFragments puts a registry together from kept pieces.
func TestDocumentsAreTheirFragments(t *testing.T) {
	c := newChance(6)
	var apps dialect.Applications
	apps.Envelope = dialect.Envelope{Version: dialect.VersionFull, Hash: "UP_3_"}
	kept := make(map[dialect.Form][]byte)
	for _, form := range dialect.Forms() {
		kept[form] = dialect.AppendHead(nil, form, apps.Envelope)
	}
	for a := range 3 {
		app := dialect.Application{Name: fmt.Sprint("APP<&", a)}
		var entries []dialect.Entry
		for range 3 {
			in, shown := c.instance(), dialect.Shown{UpdatedMs: 5, Action: dialect.Added}
			entries = append(entries, dialect.Entry{Instance: in, Shown: shown})
			app.Instances = append(app.Instances, dialect.InfoOf(in, shown))
		}
		for form, text := range kept {
			if a > 0 {
				text = append(text, dialect.Between(form)...)
			}
			start := len(text)
			text = dialect.AppendApplicationHead(text, form, app.Name)
			for i, e := range entries {
				if i > 0 {
					text = append(text, dialect.Between(form)...)
				}
				text = dialect.AppendInstance(text, form, e.Instance, e.Shown)
			}
			text = append(text, dialect.ApplicationTail(form)...)
			same(t, form.String(), dialect.AppendApplication(nil, form, app.Name, entries), text[start:])
			kept[form] = text
		}
		apps.List = append(apps.List, app)
	}
	apps.List = append(apps.List, dialect.Application{Name: "EMPTY"})
	for form, text := range kept {
		same(t, form.String(), apps.Append(nil, form), dialect.AppendTail(text, form, apps.Envelope))
	}
}

// TestTheCensusIsACount compares with counting anew after every change.
func TestTheCensusIsACount(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 7))
	statuses := append(model.Statuses(), "")
	instances := make([]model.Status, 20)
	census := new(dialect.Census)
	if census.String() != "" {
		t.Errorf("nothing counts as %q", census)
	}
	for range 2000 {
		at, to := random.IntN(len(instances)), statuses[random.IntN(len(statuses))]
		census.Move(instances[at], to)
		instances[at] = to
		numbers := make(map[model.Status]int)
		for _, s := range instances {
			numbers[s]++
		}
		var want strings.Builder
		for _, s := range slices.Sorted(slices.Values(model.Statuses())) {
			if numbers[s] > 0 {
				fmt.Fprintf(&want, "%s_%d_", s, numbers[s])
			}
		}
		if census.String() != want.String() {
			t.Fatalf("seed %d: %q, want %q", *seed, census, want.String())
		}
	}
}

// TestTextsAreWrittenAsOthersReadThem has other decoders read what is written.
func TestTextsAreWrittenAsOthersReadThem(t *testing.T) {
	for _, text := range []string{"", "a", "\x00\a\x1f \"\\/<>&'\u2028\x7f", "é😀\ufffd", "a\xffb\xc3", "\r\n\t", "]]>", "\ufffe"} {
		info := &dialect.Info{HostName: text, Metadata: []dialect.Pair{{Key: "k" + text, Value: text}}}
		var back struct {
			HostName string
			Metadata map[string]string
		}
		document := dialect.AppendInfo(nil, dialect.JSONFull, info)
		if err := json.Unmarshal(document, &back); err != nil {
			t.Fatalf("%q is written as %s: %v", text, document, err)
		}
		want := strings.ToValidUTF8(text, "\ufffd")
		if back.HostName != want || back.Metadata["k"+want] != want {
			t.Errorf("%q is read as %+v", text, back)
		}
		xml := dialect.AppendInstanceDocument(nil, dialect.XMLFull, info)
		read, err := dialect.DecodeInstance(dialect.XML, xml)
		if err != nil {
			t.Fatalf("%q is written as %s: %v", text, xml, err)
		}
		want = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == '\ufffe' {
				return '\ufffd'
			}
			return r
		}, want)
		if read.HostName != want || read.Metadata[0].Value != want {
			t.Errorf("%q is written as %s and read as %+v", text, xml, read)
		}
	}
}

// TestNamesOfElementsAreKeys holds that any key survives XML.
func TestNamesOfElementsAreKeys(t *testing.T) {
	for key, name := range map[string]string{
		"zone": "zone", "build_id": "build__id", "a$b": "a_-b", "management.port": "management.port", "1st": "_.0031st",
		"a b": "a_.0020b", "a:b": "a_.003ab", "é": "_.00e9", "😀": "_.d83d_.de00", "-a": "_.002da", "a<b": "a_.003cb", "_.0041": "__.0041",
	} {
		info := &dialect.Info{Metadata: []dialect.Pair{{Key: key, Value: "v"}}}
		document := string(dialect.AppendInstanceDocument(nil, dialect.XMLFull, info))
		if !strings.Contains(document, "<metadata><"+name+">v</"+name+"></metadata>") {
			t.Errorf("%q is written as %s", key, document)
		}
		back, err := dialect.DecodeInstance(dialect.XML, []byte(document))
		if err != nil || len(back.Metadata) != 1 || back.Metadata[0].Key != key {
			t.Errorf("%q is read as %+v, %v", key, back, err)
		}
	}
}

func TestTooManyInstances(t *testing.T) {
	for _, name := range []string{"10-apps-full.json", "10-apps-full.xml"} {
		if _, err := dialect.DecodeApplications(format(name), document(t, name), 3); err == nil {
			t.Errorf("%s: four where there may be three", name)
		}
	}
	for _, name := range []string{"16-application.json", "16-application.xml"} {
		if _, err := dialect.DecodeApplication(format(name), document(t, name), 1); err == nil {
			t.Errorf("%s: two where there may be one", name)
		}
	}
	empty := `{"applications":{"application":[` + strings.Repeat(`{},`, 50) + `{}]}}`
	if _, err := dialect.DecodeApplications(dialect.JSON, []byte(empty), 10); err == nil {
		t.Error("51 applications where there may be ten instances")
	}
	empty = "<applications>" + strings.Repeat("<application/>", 11) + "</applications>"
	if _, err := dialect.DecodeApplications(dialect.XML, []byte(empty), 10); err == nil {
		t.Error("eleven applications where there may be ten instances")
	}
}

// TestMostOfADocument is read, where some of it is too much or can't be read.
func TestMostOfADocument(t *testing.T) {
	const well, broken = `{"hostName":"h"}`, `{"hostName":"b","port":{"$":[1]}}`
	for _, test := range []struct {
		list          string
		read, leftOut int
	}{
		{well + "," + well, 2, 0}, {well + "," + broken + "," + well, 2, 1}, {broken, 0, 1},
		{strings.Repeat(well+",", 9) + well, 3, 7}, {strings.Repeat(well+",", 9) + broken, 3, 7},
	} {
		text := `{"applications":{"apps__hashcode":"UP_1_","application":[{"name":"A","instance":[` + test.list + `]}],"versions__delta":"7"}}`
		apps, err := dialect.DecodeMost([]byte(text), 3)
		if err != nil || len(apps.List) != 1 || len(apps.List[0].Instances) != test.read || apps.LeftOut != test.leftOut || apps.Version != 7 {
			t.Errorf("%s: %+v, %v", test.list, apps, err)
			continue
		}
		for _, info := range apps.List[0].Instances {
			if info.HostName != "h" {
				t.Errorf("%s: %+v is read", test.list, info)
			}
		}
	}
	for _, text := range []string{`{}`, `{"applications":{"application":[{"instance":[{"hostName":"h"`, `{"applications":{"application":[{"instance":[{"port":{"$":[1}}]}]}}`} {
		if apps, err := dialect.DecodeMost([]byte(text), 3); err == nil {
			t.Errorf("%s: %+v", text, apps)
		}
	}
	many := `{"applications":{"application":[` + strings.Repeat(`{},`, 50) + `{}]}}`
	if apps, err := dialect.DecodeMost([]byte(many), 10); err != nil || len(apps.List) != 10 || apps.LeftOut != 41 {
		t.Errorf("51 applications: %+v, %v", apps, err)
	}
}

// TestOldServersWriteOneForAListOfOne is what they did.
func TestOldServersWriteOneForAListOfOne(t *testing.T) {
	const text = `{"applications":{"application":{"name":"A","instance":{"hostName":"h","port":{"$":"80"}}}}}`
	apps, err := dialect.DecodeApplications(dialect.JSON, []byte(text), 1)
	if err != nil || len(apps.List) != 1 || len(apps.List[0].Instances) != 1 || apps.List[0].Instances[0].Port.Number != 80 {
		t.Errorf("%+v, %v", apps, err)
	}
}

// TestOneInstanceOnly holds that a registration isn't many, of which each costs.
func TestOneInstanceOnly(t *testing.T) {
	for document, ok := range map[string]bool{
		`{"instance":{"app":"A"}}`: true, `{"instance":[{"app":"A"}]}`: true,
		`{"instance":[{},{}]}`: false, `{"instance":{},"instance":{}}`: false,
	} {
		if _, err := dialect.DecodeInstance(dialect.JSON, []byte(document)); (err == nil) != ok {
			t.Errorf("%s: %v", document, err)
		}
	}
}
