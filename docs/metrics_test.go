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

// TestTheMetricsOfTheDocumentsExist looks up each metric that they name, with its labels,
// in what real nodes answer: with a * for the role, in what both kinds do.
func TestTheMetricsOfTheDocumentsExist(t *testing.T) {
	answers := scrape(t)
	for file, atLeast := range map[string]int{"operations.md": 50, "eureka1.md": 8} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile("`((?:heureka_|…_)[a-z0-9_*]+)(\\{[^}]*\\})?`").FindAllStringSubmatch(string(text), -1)
		if len(named) < atLeast {
			t.Errorf("only %d metrics are named in %s", len(named), file)
		}
		for _, m := range named {
			if strings.HasPrefix(m[1], "heureka_bridge_") {
				continue // package bridge looks these up
			}
			for _, name := range roles(m[1]) {
				if !sample(name, m[2]).MatchString(answers) {
					t.Errorf("%s: no node tells %s%s", file, name, m[2])
				}
			}
		}
	}
}

// roles returns a metric's name for each kind of node that it stands for.
func roles(name string) []string {
	if _, rest, both := strings.Cut(name, "heureka_*_"); both {
		return []string{"heureka_write_" + rest, "heureka_read_" + rest}
	}
	return []string{name}
}

// sample returns what finds a line of a metric with these labels. Both are written as
// in the document: … stands for anything, and a label may have no value.
func sample(name, labels string) *regexp.Regexp {
	pattern := "(?m)^" + anything(name)
	if labels = strings.Trim(labels, "{}"); labels != "" {
		return regexp.MustCompile(pattern + `\{(.*,)?` + anything(labels) + `.*\} `)
	}
	return regexp.MustCompile(pattern + `[{ ]`)
}

func anything(text string) string { return strings.ReplaceAll(regexp.QuoteMeta(text), "…", ".*") }

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
