package eureka1

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// taker is a write node that takes batches: it answers each item with its
// lastDirtyTimestamp as the status.
type taker struct {
	*httptest.Server
	mu    sync.Mutex
	items []dialect.Item
	raw   []string
	// instead answers a batch in another way.
	instead func(http.ResponseWriter, []dialect.Item)
}

func newTaker(t *testing.T) *taker {
	k := &taker{}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		items, err := dialect.DecodeBatch(plain(body, r.Header), maxItems)
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.items, k.raw = append(k.items, items...), append(k.raw, string(body))
		if k.instead != nil {
			k.instead(w, items)
			return
		}
		var answers []dialect.Answer
		for _, item := range items {
			answers = append(answers, dialect.Answer{Code: int(item.LastDirtyMs)})
		}
		_, _ = w.Write(dialect.AppendAnswers(nil, answers))
	}))
	t.Cleanup(k.Close)
	return k
}

// plain returns a body, unpacked if its header says so; nothing if it can't be.
func plain(body []byte, header http.Header) []byte {
	if header.Get("Content-Encoding") != "gzip" {
		return body
	}
	unzip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	unpacked, _ := io.ReadAll(unzip)
	return unpacked
}

func (k *taker) address() string { return k.Listener.Addr().String() }

// batchOf returns so many items of half as many instances, or fewer, numbered from 1000 on.
func batchOf(items int) []byte {
	var all []dialect.Item
	for i := range items {
		all = append(all, dialect.Item{Action: dialect.Heartbeat, App: "A", ID: fmt.Sprint("i-", i%300), LastDirtyMs: int64(1000 + i)})
	}
	return dialect.AppendBatch(nil, all)
}

// fleetOf returns a read node before write nodes that take batches.
func fleetOf(t *testing.T, writers int) (*Handler, []*taker) {
	var all []*taker
	var addresses []string
	for range writers {
		k := newTaker(t)
		all, addresses = append(all, k), append(addresses, k.address())
	}
	return newReader(t, nil, addresses...), all
}

const batchPath = "/eureka/peerreplication/batch/"

// TestABatchIsSpread holds that each item goes where its instance's own requests do, and
// that answers come back in the items' order.
func TestABatchIsSpread(t *testing.T) {
	h, takers := fleetOf(t, 3)
	got := ask(h, "POST", batchPath, string(batchOf(600)))
	answers, err := dialect.DecodeAnswers(got.Body.Bytes(), 600)
	if got.Code != http.StatusOK || err != nil || len(answers) != 600 || got.Header().Get("Content-Type") != dialect.JSON.ContentType() {
		t.Fatalf("answered %d %s, %v", got.Code, got.Body, err)
	}
	for i, a := range answers {
		if a.Code != 1000+i {
			t.Errorf("item %d has the answer to item %d", i, a.Code-1000)
		}
	}
	for _, k := range takers {
		last := make(map[string]int64)
		for _, item := range k.items {
			if own := writersFor(h.node.Peers(), model.NewKey(item.App, item.ID))[0]; own != k.address() {
				t.Errorf("%s is told of %s, which is %s's", k.address(), item.ID, own)
			}
			if item.LastDirtyMs < last[item.ID] {
				t.Errorf("%s: %d comes after %d", item.ID, item.LastDirtyMs, last[item.ID])
			}
			last[item.ID] = item.LastDirtyMs
		}
		if len(k.raw) != 1 || len(k.items) < 100 {
			t.Errorf("a node is told of %d items in %d batches", len(k.items), len(k.raw))
		}
	}
}

// TestAShareGoesToAnotherWriteNode has one that refuses, and then all.
func TestAShareGoesToAnotherWriteNode(t *testing.T) {
	h, takers := fleetOf(t, 3)
	refuse := func(w http.ResponseWriter, _ []dialect.Item) { w.WriteHeader(http.StatusServiceUnavailable) }
	takers[0].instead = refuse
	got := ask(h, "POST", batchPath, string(batchOf(600)))
	if answers, err := dialect.DecodeAnswers(got.Body.Bytes(), 600); got.Code != http.StatusOK || err != nil || len(answers) != 600 {
		t.Errorf("answered %d %s, %v", got.Code, got.Body, err)
	}
	if len(takers[1].items)+len(takers[2].items) != 600 || len(takers[0].items) == 0 {
		t.Errorf("%d, %d and %d items", len(takers[0].items), len(takers[1].items), len(takers[2].items))
	}
	for i := range takers {
		takers[i].instead = refuse
	}
	if got := ask(h, "POST", batchPath, string(batchOf(600))); got.Code != http.StatusServiceUnavailable || got.Body.Len() > 0 {
		t.Errorf("refused by all, it is answered %d %s", got.Code, got.Body)
	}
	if got := ask(newReader(t, nil), "POST", batchPath, string(batchOf(2))); got.Code != http.StatusServiceUnavailable {
		t.Errorf("without a write node, it is answered %d", got.Code)
	}
}

// TestWhatIsNoAnswerToItemsCountsForAll has one of three write nodes say it.
func TestWhatIsNoAnswerToItemsCountsForAll(t *testing.T) {
	for name, test := range map[string]struct {
		code int
		say  func(http.ResponseWriter, []dialect.Item)
	}{
		"too large": {413, func(w http.ResponseWriter, _ []dialect.Item) { w.WriteHeader(http.StatusRequestEntityTooLarge) }},
		"nothing":   {502, func(http.ResponseWriter, []dialect.Item) {}},
		"too few":   {502, func(w http.ResponseWriter, _ []dialect.Item) { fmt.Fprint(w, `{"responseList":[{"statusCode":200}]}`) }},
		"too many": {502, func(w http.ResponseWriter, all []dialect.Item) {
			_, _ = w.Write(dialect.AppendAnswers(nil, make([]dialect.Answer, len(all)+1)))
		}},
		"not a list": {502, func(w http.ResponseWriter, _ []dialect.Item) { fmt.Fprint(w, "yes") }},
	} {
		for which := range 3 {
			h, takers := fleetOf(t, 3)
			takers[which].instead = test.say
			if got := ask(h, "POST", batchPath, string(batchOf(600))); got.Code != test.code {
				t.Errorf("%s: answered %d %s", name, got.Code, got.Body)
			}
		}
	}
}

// TestABatchForOneWriteNodeIsTheSame holds that it is passed on as it came.
func TestABatchForOneWriteNodeIsTheSame(t *testing.T) {
	h, takers := fleetOf(t, 1)
	text := `{ "later":1, "replicationList": [{"action":"Heartbeat","appName":"A","id":"1","lastDirtyTimestamp":7,"x":[2]}]}`
	if got := ask(h, "POST", batchPath, text); got.Code != http.StatusOK || !slices.Equal(takers[0].raw, []string{text}) {
		t.Errorf("answered %d %s; it was told %q", got.Code, got.Body, takers[0].raw)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write(batchOf(600))
	zip.Close()
	if ask(h, "POST", batchPath, packed.String(), "Content-Encoding: gzip"); takers[0].raw[1] != packed.String() {
		t.Error("what was compressed isn't any more, or otherwise")
	}
	h, takers = fleetOf(t, 3)
	got := ask(h, "POST", batchPath, packed.String(), "Content-Encoding: gzip")
	if answers, err := dialect.DecodeAnswers(got.Body.Bytes(), 600); err != nil || len(answers) != 600 || len(takers[0].items) == 0 {
		t.Errorf("in shares: answered %d %s, %v", got.Code, got.Body, err)
	}
}

func TestToRepeatCountsMoreThanToGiveUp(t *testing.T) {
	no, later := reply{code: http.StatusRequestEntityTooLarge}, reply{code: http.StatusServiceUnavailable}
	yes := reply{code: http.StatusOK, body: dialect.JoinAnswers([]string{`{"statusCode":200}`})}
	for _, replies := range [][]reply{{no, later, yes}, {later, yes, no}, {yes, no, later}} {
		var shares []*share
		for i := range replies {
			shares = append(shares, &share{places: []int{i}, reply: replies[i]})
		}
		if got := joined(shares, 3); got.code != later.code {
			t.Errorf("%v is answered %d", replies, got.code)
		}
	}
}
