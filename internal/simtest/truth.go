package simtest

import (
	"fmt"
	"strconv"
	"time"

	"heureka/model"
)

// truth is what clients want registered, by key. Nobody in the simulated system
// can look at it.
type truth map[model.Key]*said

// said is what the client of one key has said so far. Each of its words has a
// number, which the instance carries, so that anybody can tell an older word.
type said struct {
	key    model.Key
	client *process
	brief  bool            // it asks for a lease of its own, shorter than the nodes'
	sdk    bool            // the client speaks through the SDK, on a connection
	number uint64          // of that connection
	name   string          // of the client's present run, as its hellos have it
	want   *model.Instance // nil: it wants nothing registered, or is gone
	word   int             // number of the last word
	acked  int             // number of the newest acknowledged word
	living bool            // want is acknowledged in some version, and the client lives
	bye    int             // the client ended this word and all before it
	held   time.Duration   // since when the connection is whole, as the client sees it; -1: it isn't
	ended  ending          // how it last ended in the registry
	buried time.Duration   // when it first did; 0: never
}

// own makes a key some client's. No two clients ever say the same key.
func (w *world) own(p *process, app string, number int) model.Key {
	key := model.NewKey(app, fmt.Sprintf("%s-%d", p.name, number))
	w.truth[key] = &said{key: key, client: p, held: -1}
	return key
}

// compose makes the next word about a key.
func (w *world) compose(s *said) *model.Instance {
	s.word++
	in := &model.Instance{
		App: s.key.App, ID: s.key.ID, HostName: strconv.Itoa(s.word),
		Status: model.Statuses()[w.random.IntN(len(model.Statuses()))],
		VIP:    []string{"", "a", "b", "a,b"}[w.random.IntN(4)],
	}
	if w.chance(3) {
		in.SecureVIP = "s"
	}
	if w.chance(6) {
		in.Metadata = map[string]string{"pad": fmt.Sprint(make([]byte, w.random.IntN(200)))}
	}
	if s.brief {
		in.Lease = model.Lease{DurationMs: (w.times.leaseLasts / 2).Milliseconds(), RenewalMs: (w.times.heartbeat / 2).Milliseconds()}
	}
	return in.Canonical()
}

// wordOf returns the number of the word that an instance carries.
func wordOf(in *model.Instance) int {
	n, err := strconv.Atoi(in.HostName)
	if err != nil {
		panic(fmt.Sprintf("simtest: an instance of no client: %v", in))
	}
	return n
}

// wish notes that the client wants an instance registered, or, with nil, gone.
func (s *said) wish(in *model.Instance) {
	s.want = in
	if in == nil {
		s.living, s.bye = false, s.word
	}
}

// confirm notes that a word has been acknowledged. Ending says that an unregister
// said after it is still on its way.
func (s *said) confirm(word int, ending bool) {
	s.acked = max(s.acked, word)
	if s.want != nil && !ending {
		s.living = true
	}
}

// die notes that the client is gone, or forgets the key.
func (s *said) die() { s.want, s.living, s.bye, s.held = nil, false, s.word, -1 }

// registered is what all clients together want registered.
func (t truth) registered() map[model.Key]*model.Instance {
	out := make(map[model.Key]*model.Instance)
	for key, s := range t {
		if s.want != nil {
			out[key] = s.want
		}
	}
	return out
}
