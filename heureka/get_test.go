package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestGetAsksForWhatTheFlagsName(t *testing.T) {
	for _, test := range []struct {
		command getCommand
		path    string
	}{
		{getCommand{}, "/api/v1/instances"},
		{getCommand{App: "a/b"}, "/api/v1/apps/a%2Fb/instances"},
		{getCommand{ID: "i&j"}, "/api/v1/instances?id=i%26j"},
		{getCommand{App: "A", ID: "host:1/2"}, "/api/v1/apps/A/instances/host:1%2F2"},
	} {
		if got := test.command.path(); got != test.path {
			t.Errorf("%+v asks for %s, want %s", test.command, got, test.path)
		}
	}
}

func TestGetShowsATable(t *testing.T) {
	const one = `{"app":"ORDERS","id":"o-1","status":"UP","address":"10.0.0.1","ports":[{"number":80}],"vip":"orders"}`
	const want = "APP     ID   STATUS  ADDRESS      VIP     SECURE VIP\n" +
		"ORDERS  o-1  UP      10.0.0.1:80  orders  -\n"
	for name, test := range map[string]struct {
		command getCommand
		body    string
	}{
		"one":  {getCommand{App: "ORDERS", ID: "o-1"}, one},
		"list": {getCommand{}, `{"instances":[` + one + `]}`},
	} {
		t.Run(name, func(t *testing.T) {
			test.command.Read = []string{answering(t, 200, test.body)}
			var out bytes.Buffer
			if err := test.command.Run(t.Context(), console{out: &out}); err != nil {
				t.Fatal(err)
			}
			if out.String() != want {
				t.Errorf("got\n%s\nwant\n%s", out.String(), want)
			}
			out.Reset()
			test.command.JSON = true
			if err := test.command.Run(t.Context(), console{out: &out}); err != nil || out.String() != test.body {
				t.Errorf("as JSON: %q, %v", out.String(), err)
			}
		})
	}
}

func TestGetSaysThatThereIsNothing(t *testing.T) {
	command := getCommand{App: "NONE"}
	command.Read = []string{answering(t, 200, `{"instances":[]}`)}
	var out, errs bytes.Buffer
	if err := command.Run(t.Context(), console{out: &out, err: &errs}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 || errs.String() != "nothing is registered that was asked for\n" {
		t.Errorf("says %q and %q", out.String(), errs.String())
	}
}

func TestClusterShowsEveryNode(t *testing.T) {
	status := `{"node":"read-1","role":"read","ready":true,"stale":true,"live":7,"unconfirmed":3,"sessions":2,"digest":"00000000000000ff"}`
	command := clusterCommand{}
	command.Read = []string{answering(t, 200, status)}
	command.Write = []string{answering(t, 500, "")}
	var out bytes.Buffer
	if err := command.Run(t.Context(), console{out: &out}); err == nil || err.Error() != "1 of 2 nodes don't answer" {
		t.Errorf("ends with %v", err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[1], "-       -     no answer") ||
		strings.Join(strings.Fields(lines[2]), " ") != "read-1 read cut off 7 3 2 00000000000000ff "+command.Read[0] {
		t.Errorf("got\n%s", out.String())
	}
	command.Write = nil
	if err := command.Run(t.Context(), console{out: &out}); err != nil {
		t.Errorf("all nodes answer, and that is %v", err)
	}
}
