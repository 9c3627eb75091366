package bridge

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"heureka/model"
)

// TestTheMetricsOfTheDocumentsExist looks up each metric that they name, with its
// labels, in what a bridge answers that has told both sides of something.
func TestTheMetricsOfTheDocumentsExist(t *testing.T) {
	s := newScene(t)
	old, heureka := s.heureka()+"/eureka", s.heureka()
	b, _ := s.bridge(heureka, nil, old)
	in := registered("TOLD", "host:told:1", "10.0.0.1")
	s.register(old, in)
	s.shows(heureka+"/eureka", in, "as the old cluster's", as("10.0.0.1", model.StatusUp, false))
	s.until("the bridge has been answered", func() bool { return said(b) > 0 })
	answer := string(s.say(http.StatusOK, http.MethodGet, "http://"+b.Addresses().Admin, "/metrics", nil))
	named := append(metricsOf(t, "../docs/operations.md", "`heureka_bridge_([a-z_]+)(\\{[^}]*\\})?"), metricsOf(t, "../docs/migration.md", "`(?:heureka_bridge_)?([a-z_]+)(\\{[^}]*\\})?`")...)
	if len(named) < 20 {
		t.Errorf("only %d metrics are named", len(named))
	}
	for _, m := range named {
		if !strings.Contains(answer, "\nheureka_bridge_"+m.name+"{") && !strings.Contains(answer, "\nheureka_bridge_"+m.name+" ") {
			t.Errorf("no bridge tells %s", m.name)
		}
		for _, label := range m.labels {
			if !regexp.MustCompile("(?m)^heureka_bridge_" + m.name + `\{(.*,)?` + label + `=`).MatchString(answer) {
				t.Errorf("%s has no label %s", m.name, label)
			}
		}
	}
	for _, found := range regexp.MustCompile(`(?m)^# TYPE heureka_bridge_([a-z_]+)`).FindAllStringSubmatch(answer, -1) {
		if !slices.ContainsFunc(named, func(m metric) bool { return m.name == found[1] }) {
			t.Errorf("no document names %s", found[1])
		}
	}
}

// metric is one that a document names.
type metric struct {
	name   string
	labels []string
}

// metricsOf returns what a document names. In the list of all of them their common
// prefix is left out.
func metricsOf(t *testing.T, file, pattern string) (all []metric) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Index(string(text), "\n## Metrics\n")
	for _, at := range regexp.MustCompile(pattern).FindAllSubmatchIndex(text, -1) {
		m := metric{name: string(text[at[2]:at[3]])}
		if whole := string(text[at[0]:at[1]]); !strings.HasPrefix(whole, "`heureka_bridge_") && (list < 0 || at[0] < list) {
			continue
		}
		if at[4] >= 0 {
			m.labels = strings.Split(strings.Trim(string(text[at[4]:at[5]]), "{}"), ",")
		}
		if m.name != strings.TrimSuffix(prefix, "_") && m.name != prefix {
			all = append(all, m)
		}
	}
	return all
}
