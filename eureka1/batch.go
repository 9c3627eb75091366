package eureka1

import (
	"net/http"
	"sync"

	"heureka/eureka1/dialect"
	"heureka/eureka1/rules"
	"heureka/model"
)

// maxItems bounds a batch; Eureka sends 250 at most.
const maxItems = 1000

// batch reads what another server passes on, and answers each item.
func (q *request) batch() int {
	raw, body, err := q.readBody(q.config.MaxBatch)
	if err != nil {
		return q.unread(err)
	}
	items, texts, err := dialect.CutBatch(body, maxItems)
	if err != nil {
		q.log.Debug("a batch can't be read", "remote", q.r.RemoteAddr, "err", err)
		return q.unparseable(dialect.JSON)
	}
	words := make([]rules.Word, len(items))
	for i := range items {
		words[i] = rules.OfItem(&items[i])
	}
	if q.writer == nil {
		return q.spread(raw, words, texts)
	}
	answers := make([]rules.Answer, len(words))
	if !q.apply(words, answers) {
		return q.empty(http.StatusServiceUnavailable)
	}
	return q.body(http.StatusOK, dialect.JSON.ContentType(), dialect.AppendAnswers(nil, itemAnswers(answers)))
}

func itemAnswers(answers []rules.Answer) []dialect.Answer {
	out := make([]dialect.Answer, len(answers))
	for i, a := range answers {
		if out[i].Code = a.Code; a.Code == http.StatusNoContent {
			out[i].Code = http.StatusOK // as in batches, where it is the item that is done
		}
		if a.Instance != nil {
			info := dialect.InfoOf(a.Instance, dialect.ShownAt(a.Instance, a.Version))
			out[i].Info = &info
		}
	}
	return out
}

// share is what of a batch goes to one write node.
type share struct {
	nodes  []string // to be asked in this order
	places []int    // of its items in the batch
	texts  []string // of these
	reply
}

// spread passes a batch on. Each item goes where requests for its instance go, which is
// where it is owned, so that one batch's heartbeats aren't passed on once more, and one
// server's registrations aren't all held by one node. Items of one instance stay in
// their order. If a share reaches no write node, the batch is answered 503: then its
// sender repeats all of it, as it may, while to an item of its own that is refused it
// would never come back.
func (q *request) spread(raw []byte, all []rules.Word, texts []string) int {
	if q.circular() {
		return q.empty(http.StatusServiceUnavailable)
	}
	peers := q.node.Peers()
	shares := sharesOf(peers, all, texts)
	if len(shares) < 2 { // most of the small ones: the same words will do
		return q.repeat(q.relay(writersFor(peers, firstKey(all)), q.content(raw)))
	}
	var wait sync.WaitGroup
	for _, p := range shares {
		wait.Go(func() { p.reply = q.relay(p.nodes, content{body: dialect.JoinBatch(p.texts)}) })
	}
	wait.Wait()
	return q.repeat(joined(shares, len(texts)))
}

// firstKey returns the key of the first word, the zero key if there is none.
func firstKey(all []rules.Word) model.Key {
	if len(all) == 0 {
		return model.Key{}
	}
	return all[0].Key
}

// sharesOf divides a batch between the write nodes; there is none if no node is ready.
func sharesOf(peers []Peer, all []rules.Word, texts []string) []*share {
	var shares []*share
	first := make(map[string]*share) // by the node that is asked first
	for i := range all {
		nodes := writersFor(peers, all[i].Key)
		if len(nodes) == 0 {
			return nil
		}
		p := first[nodes[0]]
		if p == nil {
			p = &share{nodes: nodes}
			first[nodes[0]], shares = p, append(shares, p)
		}
		p.places, p.texts = append(p.places, i), append(p.texts, texts[i])
	}
	return shares
}

// joined returns one answer to a batch of so many items from those to its shares. One
// that is none to items counts for all: 503 before others, as that is to be repeated.
func joined(shares []*share, items int) reply {
	answers := make([]string, items)
	whole := reply{code: http.StatusOK, contentType: dialect.JSON.ContentType()}
	for _, p := range shares {
		if p.code == http.StatusServiceUnavailable {
			return p.reply
		}
		texts, err := dialect.CutAnswers(p.body, len(p.places))
		switch {
		case p.code != http.StatusOK:
			whole = p.reply
		case err != nil || len(texts) != len(p.places):
			whole = reply{code: http.StatusBadGateway}
		}
		for i, text := range texts {
			answers[p.places[i]] = text
		}
	}
	if whole.code == http.StatusOK {
		whole.body = dialect.JoinAnswers(answers)
	}
	return whole
}
