package client

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestValidateNamesTheWrongSetting(t *testing.T) {
	nodes := []string{"a:1"}
	for _, tt := range []struct {
		want string
		cfg  Config
	}{
		{"neither WriteNodes nor ReadNodes", Config{}},
		{"WriteNodes", Config{WriteNodes: []string{"ftp://a"}}},
		{"ReadNodes", Config{WriteNodes: nodes, ReadNodes: []string{""}}},
		{"DialTimeout", Config{WriteNodes: nodes, DialTimeout: -1}},
		{"ReadLimit", Config{WriteNodes: nodes, ReadLimit: -1}},
		{"SilentAfter", Config{WriteNodes: nodes, SilentAfter: -1}},
		{"ReconnectSpread", Config{WriteNodes: nodes, ReconnectSpread: -1}},
		{"BackoffBase", Config{WriteNodes: nodes, BackoffBase: time.Hour}},
		{"HTTPClient", Config{WriteNodes: nodes, HTTPClient: &http.Client{Timeout: 1}}},
	} {
		if err := tt.cfg.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v doesn't name %s", err, tt.want)
		}
		if _, err := New(tt.cfg); err == nil {
			t.Errorf("New took the wrong %s", tt.want)
		}
	}
}

func TestZeroMeansDefault(t *testing.T) {
	if got, want := (Config{}).withDefaults(), DefaultConfig(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	zero := reflect.ValueOf(DefaultConfig())
	for i := range zero.NumField() {
		switch name := zero.Type().Field(i).Name; name {
		case "WriteNodes", "ReadNodes", "HTTPClient", "JSON":
		default:
			if zero.Field(i).IsZero() {
				t.Errorf("%s has no default", name)
			}
		}
	}
	if got := (Config{BackoffMax: time.Minute}).withDefaults().BackoffMax; got != time.Minute {
		t.Errorf("a setting became %v", got)
	}
}

func TestEndpoints(t *testing.T) {
	for node, want := range map[string]string{
		"h:1":                 "http://h:1/p",
		"h":                   "http://h/p",
		"http://h:1":          "http://h:1/p",
		"http://h:1/":         "http://h:1/p",
		"https://h/base/":     "https://h/base/p",
		"ws://h:1":            "http://h:1/p",
		"wss://h:1":           "https://h:1/p",
		"[::1]:1":             "http://[::1]:1/p",
		"":                    "",
		"ftp://h":             "",
		"http://:80":          "",
		"http://h?x=1":        "",
		"http://h#x":          "",
		"http://h:not-a-port": "",
	} {
		got, err := endpointOf(node, "/p")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", node, got, err, want)
		}
	}
}
