package dialect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"heureka/eureka1/dialect"
)

// TestWhatIsCutAndJoinedIsTheSame holds that nothing is lost of what nobody here knows.
func TestWhatIsCutAndJoinedIsTheSame(t *testing.T) {
	items := []string{`{"action":"Cancel","appName":"A,]}","id":"1\"","later": [1, {"x":null}]}`, `null`, `{}`, `{"action" : "Sing"}`}
	whole := " { \"more\":[{}], \"replicationList\" : [ " + strings.Join(items, " ,\n") + " ] } "
	read, texts, err := dialect.CutBatch([]byte(whole), 4)
	if err != nil || !slices.Equal(texts, items) || len(read) != 4 || read[0].App != "A,]}" || read[3].Action != "Sing" {
		t.Errorf("%+v, %q, %v", read, texts, err)
	}
	again, err := dialect.DecodeBatch(dialect.JoinBatch(texts), 4)
	if err != nil || !slices.Equal(again, read) {
		t.Errorf("joined again: %+v, %v", again, err)
	}
	if _, texts, err := dialect.CutBatch([]byte(`{"replicationList":{"id":"alone"}}`), 4); err != nil || !slices.Equal(texts, []string{`{"id":"alone"}`}) {
		t.Errorf("%q, %v", texts, err)
	}
	answers := []string{`{"statusCode":200}`, `{"statusCode" : "409", "responseEntity":{"app":"A"}}`}
	cut, err := dialect.CutAnswers(dialect.JoinAnswers(answers), 2)
	if err != nil || !slices.Equal(cut, answers) {
		t.Errorf("%q, %v", cut, err)
	}
	if _, err := dialect.CutAnswers(dialect.JoinAnswers(answers), 1); !errors.Is(err, dialect.ErrUnparseable) {
		t.Errorf("one too many: %v", err)
	}
	for _, broken := range []string{"", "{", `{"responseList":[{"statusCode":200}`, `{"responseList":[{]}`} {
		if texts, err := dialect.CutAnswers([]byte(broken), 9); !errors.Is(err, dialect.ErrUnparseable) || texts != nil {
			t.Errorf("%s: %q, %v", broken, texts, err)
		}
	}
}
