package main

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"
)

func TestAMarkIsFoundInEveryForm(t *testing.T) {
	r, err := newRecords(population{Instances: 100, Apps: 10, Size: 600})
	if err != nil {
		t.Fatal(err)
	}
	want := mark{instance: 42, change: 1143, sent: 1_700_000_000_123_456_789}
	record, err := r.encoded(mark{instance: 42})
	if err != nil || len(record) != 600 {
		t.Fatalf("%d bytes, %v", len(record), err)
	}
	forms := [][]byte{record}
	for _, format := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		pushed, err := pushed(format, r, 42)
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, pushed)
	}
	for i, form := range forms {
		at := strings.Index(string(form), mark{instance: 42}.String())
		want.stamp(form, at)
		if got, _, found := findMark(form); !found || got != want {
			t.Errorf("form %d: %v", i, got)
		}
	}
}

func TestWhatHasBeenChanged(t *testing.T) {
	p := population{Instances: 7, Apps: 2}
	last, made := make([]int, 7), make([]int, 7)
	for total := 0; total < 30; total++ {
		if total > 0 {
			last[(total-1)%7] = total
			made[(total-1)%7]++
		}
		for k := range 7 {
			if p.last(k, total) != last[k] || p.made(k, total) != made[k] {
				t.Fatalf("instance %d after %d changes: last %d, made %d", k, total, p.last(k, total), p.made(k, total))
			}
		}
	}
}

func TestAViewRefuses(t *testing.T) {
	p := population{Instances: 10, Apps: 2, Size: 600}
	odd := spanOf(p, wantApp, 1, 0)
	for _, test := range []struct {
		name string
		told []mark // after a snapshot of registrations
		says string // what is broken, or nothing
	}{
		{"nothing wrong", []mark{{1, 2, 0}, {3, 4, 0}, {1, 12, 0}}, ""},
		{"a stranger", []mark{{2, 3, 0}}, "Filtered"},
		{"the same twice", []mark{{1, 2, 0}, {1, 2, 0}}, "Unique"},
		{"the registration again", []mark{{1, 0, 0}}, "Unique"},
		{"an older one", []mark{{1, 12, 0}, {1, 2, 0}}, "Ordered"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newView(odd)
			for i := range v.last {
				v.put(mark{instance: 1 + 2*i}, 0)
			}
			v.complete(1)
			if !v.level(p, 1) || len(v.broken) > 0 { // change 1 is of instance 0
				t.Fatalf("not level after the snapshot: %v", v.broken)
			}
			for _, m := range test.told {
				v.put(m, 1)
			}
			if said := strings.Join(v.broken, "; "); test.says == "" && said != "" || !strings.Contains(said, test.says) {
				t.Errorf("said %q", said)
			}
		})
	}
	v := newView(odd)
	if v.level(p, 0) {
		t.Error("level before a word was said")
	}
	v.complete(1)
	if v.level(p, 0) {
		t.Error("level though nothing was told")
	}
}

// TestReplayRefuses puts before the checkers what they must refuse.
func TestReplayRefuses(t *testing.T) {
	r, err := newRecords(population{Instances: 2, Apps: 1, Size: 600})
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		put := func(k, change int) wire.Message {
			in := r.instance(mark{k, change, 7})
			return &wire.Put{Version: versionAt(change + 1), Hash: wire.FormatHash(in.Hash()), Instance: in}
		}
		for _, test := range []struct {
			name   string
			said   []wire.Message // after a snapshot
			total  int
			broken string
		}{
			{"all changes", []wire.Message{put(0, 1), put(1, 2)}, 2, ""},
			{"one is lost", []wire.Message{put(1, 2)}, 2, string(promise.Convergent)},
			{"one comes twice", []wire.Message{put(0, 1), put(0, 1)}, 1, string(promise.Unique)},
			{"one is gone", []wire.Message{&wire.Remove{App: "APP-0000", ID: "i-0000001"}}, 0, string(promise.Convergent)},
		} {
			t.Run(format.Subprotocol()+" "+test.name, func(t *testing.T) {
				first, second := r.instance(mark{}), r.instance(mark{instance: 1})
				snapshot := []wire.Message{&wire.Snapshot{Seq: 1}, registeredPut(first), registeredPut(second),
					&wire.Synced{Seq: 1, Check: wire.Check{Count: 2, Digest: wire.FormatHash(first.Hash() + second.Hash())}}}
				var frame []byte
				for _, m := range append(snapshot, test.said...) {
					if frame, err = format.Append(frame, m); err != nil {
						t.Fatal(err)
					}
				}
				var report promise.Report
				s := spanOf(r.population, wantFull, 0, 0)
				if _, err := replay(r, "subscriber", format, s, [][]byte{frame}, test.total, &report); err != nil {
					t.Fatal(err)
				}
				err := report.Err()
				if test.broken == "" && err != nil || test.broken != "" && (err == nil || !strings.Contains(err.Error(), test.broken)) {
					t.Errorf("judged: %v", err)
				}
			})
		}
	}
}

func versionAt(time int) string {
	return model.Version{Time: model.Time(time), Incarnation: model.Incarnation{Name: "write-1", ID: uuid.Max}}.String()
}

func registeredPut(in *model.Instance) wire.Message {
	return &wire.Put{Version: versionAt(1), Hash: wire.FormatHash(in.Hash()), Instance: in}
}

func TestWordsAreToldApart(t *testing.T) {
	const digest = "00000000000000ff"
	r, err := newRecords(population{Instances: 2, Apps: 1, Size: 600})
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []wire.Format{wire.FormatJSON, wire.FormatProto} {
		var frame []byte
		for _, m := range []wire.Message{&wire.Snapshot{Seq: 1}, registeredPut(r.instance(mark{})), &wire.Synced{Check: wire.Check{Digest: digest}},
			&wire.Remove{App: "A", ID: "b"}, &wire.Ack{Seq: 3}, wire.NewError(wire.CodeInternal, "no"), &wire.GoAway{AfterMs: 5}} {
			if frame, err = format.Append(frame, m); err != nil {
				t.Fatal(err)
			}
		}
		tongue, err := newTongue(format)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := tongue.each(frame, func(w word, _ []byte) error { got = append(got, string(w)); return nil }); err != nil {
			t.Fatal(err)
		}
		if said := strings.Join(got, " "); said != "snapshot put synced remove ack error goaway" {
			t.Errorf("%s: %s", format.Subprotocol(), said)
		}
	}
}

func TestASignAloneIsNoMark(t *testing.T) {
	want := mark{instance: 3, change: 4, sent: 5}
	noise := "@@@" + want.String()[:20] + "@@\x00\x01\x02" + want.String()[2:]
	got, rest, found := findMark([]byte(noise + want.String() + "rest"))
	if !found || got != want || string(rest) != "rest" {
		t.Errorf("%+v, %q, %v", got, rest, found)
	}
	if _, _, found := findMark([]byte(noise)); found {
		t.Error("a mark among noise")
	}
}
