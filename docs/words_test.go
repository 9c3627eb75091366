package docs_test

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestTheWordsOfMakeAreTold compares the words that make lists with those that the
// README and CONTRIBUTING name.
func TestTheWordsOfMakeAreTold(t *testing.T) {
	words := find(t, "../Makefile", `(?m)^([a-z0-9-]+):.*## `)
	readme := find(t, "../README.md", "`(?:make )?([a-z0-9-]+)`|    make ([a-z0-9-]+)\n")
	for _, word := range words {
		if word != "help" && !slices.Contains(readme, word) {
			t.Errorf("the README doesn't name make %s", word)
		}
	}
	for _, word := range slices.Concat(find(t, "../README.md", "(?:    |`)make ([a-z0-9-]+)"), find(t, "../CONTRIBUTING.md", "`make ([a-z0-9-]+)")) {
		if !slices.Contains(words, word) {
			t.Errorf("there is no make %s", word)
		}
	}
}

// find returns all that a pattern's groups match in a file.
func find(t *testing.T, file, pattern string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
		found = append(found, m[1:]...)
	}
	return found
}
