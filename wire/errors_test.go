package wire_test

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"heureka/wire"
)

// Codes are stable: testdata/codes.txt only ever grows. Fields: code, name,
// whether the connection closes, retry, HTTP status.
func TestCodesAreStable(t *testing.T) {
	var text strings.Builder
	for _, k := range wire.Kinds() {
		fmt.Fprintf(&text, "%d %s closes=%v retry=%s http=%d\n", k.Code, k.Name, k.Closes, k.Retry, k.HTTP)
	}
	golden := filepath.Join("testdata", "codes.txt")
	if *rewrite {
		if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("the table is\n%s\nit was\n%s", text.String(), want)
	}
	lines := bufio.NewScanner(strings.NewReader(string(want)))
	for last := 0; lines.Scan(); {
		var code int
		if _, err := fmt.Sscan(lines.Text(), &code); err != nil || code <= last {
			t.Errorf("%q doesn't follow %d", lines.Text(), last)
		}
		last = code
	}
}

func TestTableOfErrors(t *testing.T) {
	codes, names := make(map[wire.Code]bool), make(map[string]bool)
	name := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for _, k := range wire.Kinds() {
		if codes[k.Code] || names[k.Name] {
			t.Errorf("%d %s is there twice", k.Code, k.Name)
		}
		codes[k.Code], names[k.Name] = true, true
		if !name.MatchString(k.Name) {
			t.Errorf("%d has the name %q", k.Code, k.Name)
		}
		if k.Code < 100 || k.Code > 999 {
			t.Errorf("%d leaves the room of websocket close codes", k.Code)
		}
		if k.Retry != wire.RetryNo && k.Retry != wire.RetryYes && k.Retry != wire.RetryElsewhere {
			t.Errorf("%d says retry %q", k.Code, k.Retry)
		}
		if k.HTTP < 400 || http.StatusText(k.HTTP) == "" {
			t.Errorf("%d has the HTTP status %d", k.Code, k.HTTP)
		}
		if got := k.Code.Kind(); got != k {
			t.Errorf("%d is found as %+v", k.Code, got)
		}
		if code, ok := wire.CodeOfClose(k.Code.CloseCode()); !ok || code != k.Code {
			t.Errorf("%d closes with %d, which is %d", k.Code, k.Code.CloseCode(), code)
		}
	}
	wire.Kinds()[0].Name = "changed"
	if wire.Kinds()[0].Name == "changed" {
		t.Error("a caller can change the table")
	}
}

func TestUnknownCodesAreTriedElsewhere(t *testing.T) {
	k := wire.Code(999).Kind()
	if k.Code != 999 || k.Retry != wire.RetryElsewhere || k.HTTP != http.StatusInternalServerError {
		t.Errorf("an unknown code is %+v", k)
	}
}

func TestOtherCloseCodesAreNoErrors(t *testing.T) {
	for _, code := range []int{0, 1000, 1006, 3000, 4000, 4099, 5000} {
		if got, ok := wire.CodeOfClose(code); ok {
			t.Errorf("close code %d is error %d", code, got)
		}
	}
}

func TestErrorAnswersAMessage(t *testing.T) {
	general := wire.NewError(wire.CodeNotRegistered, "%s isn't registered here", "A/1")
	answer := general.For(7)
	if general.Seq != 0 || answer.Seq != 7 || answer.Message != "A/1 isn't registered here" {
		t.Errorf("%+v answers %+v", general, answer)
	}
	if got, want := answer.Error(), "not_registered (201): A/1 isn't registered here"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var found *wire.Error
	if !errors.As(fmt.Errorf("register: %w", error(answer)), &found) || found.Retry != wire.RetryNo {
		t.Errorf("found as %+v", found)
	}
}
