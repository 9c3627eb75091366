package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"heureka/internal/promise"
	"heureka/internal/raw"
	"heureka/model"
	"heureka/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestASmallLoadBreaksNoPromise(t *testing.T) {
	var out, errs bytes.Buffer
	code := execute(t.Context(), []string{
		"--services", "60", "--apps", "6", "--subscribers", "12", "--connections", "3",
		"--rate", "200", "--duration", "500ms", "--json",
	}, &out, &errs)
	if code != exitKept {
		t.Fatalf("ended with %d: %s\n%s", code, errs.String(), out.String())
	}
	var f figures
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	if f.Changes == 0 || f.Changes > 100 || f.Deliveries+f.Merged != 2*f.Changes || f.Seen.Count != int64(f.Deliveries) {
		t.Errorf("%d changes, %d deliveries and %d merged to two subscribers each", f.Changes, f.Deliveries, f.Merged)
	}
	if f.Acknowledged.Count != int64(f.Changes) || f.Seen.P50 <= 0 || f.Seen.Max < f.Seen.P50 {
		t.Errorf("acknowledged %+v, seen %+v", f.Acknowledged, f.Seen)
	}
}

func TestABrokenPromiseIsReported(t *testing.T) {
	service := newService(valid(), "mark", 0)
	service.stamp(0, 0)
	in := service.current
	s := &subscriber{app: in.App, since: func() time.Duration { return 0 }, changes: newLatencies()}
	s.session = promise.NewSession("subscriber 0", &s.report)
	s.keeper = promise.NewKeeper("subscriber 0", promise.KeptLimits{}, &s.report)
	s.session.Subscribed(1, func(*model.Instance) bool { return true })
	put := &wire.Put{Version: "1-0-write-1/00000000-0000-0000-0000-000000000001", Hash: wire.FormatHash(in.Hash()), Instance: in}
	if err := s.take(raw.Frame{Messages: []wire.Message{&wire.Snapshot{Seq: 1}, put,
		&wire.Synced{Seq: 1, Check: wire.Check{Count: 1, Digest: wire.FormatHash(in.Hash())}}}}, 0); err != nil {
		t.Fatal(err)
	}
	registered := map[model.Key]*model.Instance{in.Key(): in}
	s.acknowledged(registered)
	s.judge(registered)
	if err := s.report.Err(); err != nil {
		t.Fatal(err)
	}
	s.acknowledged(registered)
	if err := s.take(raw.Frame{Messages: []wire.Message{&wire.Remove{App: in.App, ID: in.ID}}}, 0); err != nil {
		t.Fatal(err)
	}
	s.judge(registered)
	text := s.report.Err().Error()
	if !strings.Contains(text, "Kept broken") || !strings.Contains(text, "Convergent broken") {
		t.Errorf("reported: %s", text)
	}
}

func TestWrongUseIsSaid(t *testing.T) {
	for _, test := range []struct {
		args []string
		says string // all of it
	}{
		{[]string{"--rate", "fast"}, "--rate: expected a valid 64 bit int but got \"fast\""},
		{[]string{"--rate=-1"}, "--rate is -1; 0 to 1000000 are possible"},
		{[]string{"extra"}, "unexpected argument extra"},
	} {
		var out, errs bytes.Buffer
		want := "loadtest: " + test.says + "\nTry: loadtest --help\n"
		if code := execute(t.Context(), test.args, &out, &errs); code != exitUsage || out.Len() > 0 || errs.String() != want {
			t.Errorf("%v ends with %d and says %q, want %q", test.args, code, errs.String(), want)
		}
	}
}
