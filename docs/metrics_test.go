package docs_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/internal/dev"
)

// TestTheMetricsOfOperationsExist looks up each metric that operations.md names, with
// its labels, in what real nodes answer.
func TestTheMetricsOfOperationsExist(t *testing.T) {
	text, err := os.ReadFile("operations.md")
	if err != nil {
		t.Fatal(err)
	}
	answers := scrape(t)
	named := regexp.MustCompile("`((?:heureka_|…_)[a-z_*]+)(\\{[^}]*\\})?`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 30 {
		t.Errorf("only %d metrics are named", len(named))
	}
	for _, m := range named {
		if strings.HasPrefix(m[1], "heureka_bridge_") {
			continue // package bridge looks these up
		}
		if !sample(m[1], m[2]).MatchString(answers) {
			t.Errorf("no node tells %s%s", m[1], m[2])
		}
	}
}

// sample returns what finds a line of a metric with these labels. Both are written as
// in the document: * and … stand for anything, and a label may have no value.
func sample(name, labels string) *regexp.Regexp {
	anything := strings.NewReplacer(`\*`, `[a-z_]+`, `…`, `.*`)
	pattern := "(?m)^" + anything.Replace(regexp.QuoteMeta(name))
	if labels = strings.Trim(labels, "{}"); labels != "" {
		return regexp.MustCompile(pattern + `\{(.*,)?` + anything.Replace(regexp.QuoteMeta(labels)) + `.*\} `)
	}
	return regexp.MustCompile(pattern + `[{ ]`)
}

// TestEachMetricSaysWhatItMeans alone: Prometheus sorts them by name, so that none
// can speak of the one before it.
func TestEachMetricSaysWhatItMeans(t *testing.T) {
	refers := regexp.MustCompile(`(?i)^[a-z]+ of (them|those)\b|^of (them|those)\b`)
	for help := range strings.Lines(scrape(t)) {
		text, is := strings.CutPrefix(help, "# HELP heureka_")
		if name, meaning, _ := strings.Cut(text, " "); is && refers.MatchString(meaning) {
			t.Errorf("%s: %s", name, strings.TrimSpace(meaning))
		}
	}
}

// scrape returns the metrics of a write node and a read node.
func scrape(t *testing.T) string {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	writes, reads := startCluster(t, ctx)
	var answers strings.Builder
	for _, node := range slices.Concat(writes, reads) {
		answers.WriteString(metricsOf(t, ctx, node))
	}
	return answers.String()
}

func metricsOf(t *testing.T, ctx context.Context, node dev.Node) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+node.Admin+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s: %v", node.Name, res.Status, err)
	}
	return string(body)
}
