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

// TestAnItemThatCantBeReadIsOneOfNothing, and those beside it are read.
func TestAnItemThatCantBeReadIsOneOfNothing(t *testing.T) {
	const broken = `{"action":"Register","appName":"A","id":"b","instanceInfo":{"hostName":"b","port":{"$":[1]}}}`
	for _, item := range []string{broken, `{"action":["Cancel"],"id":"b"}`, `{"lastDirtyTimestamp":"soon","id":"b"}`, `[7]`, `"b"`} {
		items, texts, err := dialect.CutBatch(dialect.JoinBatch([]string{`{"id":"a"}`, item, `{"id":"c"}`}), 3)
		if err != nil || len(items) != 3 || items[0].ID != "a" || items[1] != (dialect.Item{Action: dialect.Register}) || items[2].ID != "c" || texts[1] != item {
			t.Errorf("%s: %+v, %q, %v", item, items, texts, err)
		}
	}
	for _, text := range []string{`{"replicationList":[` + broken[:len(broken)-1], `{"replicationList":[{"id":"a"]}`, `{"replicationList":[{"id":tru}]}`} {
		if items, err := dialect.DecodeBatch([]byte(text), 3); !errors.Is(err, dialect.ErrUnparseable) || items != nil {
			t.Errorf("%s: %+v, %v", text, items, err)
		}
	}
	if items, err := dialect.DecodeBatch(dialect.JoinBatch([]string{broken, broken}), 1); err == nil {
		t.Errorf("one too many: %+v", items)
	}
}
