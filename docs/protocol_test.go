package docs_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"heureka/wire"
)

// TestTheTableOfErrorsIsTheCode compares docs/protocol.md with package wire.
func TestTheTableOfErrorsIsTheCode(t *testing.T) {
	text, err := os.ReadFile("protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\| (\d+) \| (\w+) \| (yes|no) \| (\w+) \| (\d+) \|`)
	var got, want []string
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		got = append(got, strings.Join(m[1:], " "))
	}
	for _, k := range wire.Kinds() {
		closes := "no"
		if k.Closes {
			closes = "yes"
		}
		want = append(want, fmt.Sprint(int(k.Code), " ", k.Name, " ", closes, " ", k.Retry, " ", k.HTTP))
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("the document says\n%s\nthe code says\n%s", g, w)
	}
}

// TestTheExamplesOfMessagesDecode reads every message that the document shows
// whole.
func TestTheExamplesOfMessagesDecode(t *testing.T) {
	text, err := os.ReadFile("protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range regexp.MustCompile(`(?m)^(?:→ |← |    )?(\{"type".*\})$`).FindAllStringSubmatch(string(text), -1) {
		if strings.Contains(line[1], "…") {
			continue
		}
		if _, err := wire.DecodeJSON([]byte(line[1])); err != nil {
			t.Errorf("%s: %v", line[1], err)
		}
		n++
	}
	if n < 8 {
		t.Errorf("only %d whole messages are in the document", n)
	}
}
