package resume

import (
	"iter"
	"maps"
	"strings"
	"testing"
	"time"

	"heureka/interest"
	"heureka/model"
	"heureka/read-node/fanout"

	"github.com/google/uuid"
)

func incarnation(name string, n byte) model.Incarnation {
	return model.Incarnation{Name: name, ID: uuid.UUID{n}}
}

var (
	one   = incarnation("write-1", 1)
	two   = incarnation("write-2", 2)
	other = incarnation("write-9", 9)
)

// node is a registry of nothing but vectors.
type node struct {
	vector, horizon model.Vector
	position        model.Vector // nil: none
	keepsBack       bool
	entries         []mark // of those that the vector covers counts
	asked           int
}

func (n *node) Vector() model.Vector           { return n.vector }
func (n *node) Horizon() model.Vector          { return n.horizon }
func (n *node) KeepsBack(v model.Vector) bool  { return n.keepsBack }
func (n *node) Position() (model.Vector, bool) { return n.position, n.position != nil }
func (n *node) Missed(v model.Vector) iter.Seq2[model.Key, model.Dot] {
	n.asked++
	return func(yield func(model.Key, model.Dot) bool) {
		for _, e := range n.entries {
			if !v.Covers(e.dot) && n.vector.Covers(e.dot) && !yield(e.key, e.dot) {
				return
			}
		}
	}
}

func set(t *testing.T, apps ...string) interest.Set {
	t.Helper()
	var interests []interest.Interest
	for _, app := range apps {
		interests = append(interests, interest.Interest{Kind: interest.App, Value: app})
	}
	s, err := interest.NewSet(interest.DefaultLimits(), interests)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// token returns one of that cluster for an application's subscribers.
func token(t *testing.T, cluster, app string, position model.Vector) string {
	t.Helper()
	text := NewIssuer(cluster).Token(&node{position: position}, set(t, app))
	if text == "" {
		t.Fatal("no token")
	}
	return text
}

// tokenOf returns one of a node of prod, for a's subscribers.
func tokenOf(t *testing.T, n *node) string {
	t.Helper()
	text := NewIssuer("prod").Token(n, set(t, "a"))
	if text == "" {
		t.Fatal("no token")
	}
	return text
}

func TestDeskReceives(t *testing.T) {
	at := model.Vector{one: 7, two: 3}
	good := token(t, "prod", "a", at)
	// Of a node that keeps something back and has shown what came after.
	further := tokenOf(t, &node{position: at, vector: model.Vector{one: 9, two: 3}})
	const wait = 4 * time.Second
	for _, tt := range []struct {
		name    string
		token   string
		node    node
		waits   bool
		refused string // at once, or at the end of the wait
	}{
		{name: "no token", node: node{vector: at}},
		{name: "valid", token: good, node: node{vector: at}},
		{name: "valid, the node is further", token: good, node: node{vector: model.Vector{one: 9, two: 3, other: 1}}},
		{name: "valid, of an empty registry", token: token(t, "prod", "a", model.Vector{}), node: node{vector: at}},
		{name: "valid, the horizon is below", token: good, node: node{vector: at, horizon: model.Vector{one: 7}}},
		{name: "nonsense", token: "nonsense", node: node{vector: at}, refused: Malformed},
		{name: "cut off", token: good[:len(good)-1], node: node{vector: at}, refused: Malformed},
		{name: "another cluster's", token: token(t, "test", "a", at), node: node{vector: at}, refused: Foreign},
		{name: "for other interests", token: token(t, "prod", "b", at), node: node{vector: at}, refused: OtherInterests},
		{name: "below the horizon", token: good, node: node{vector: model.Vector{one: 9, two: 3}, horizon: model.Vector{one: 8}}, refused: TooOld},
		{name: "beyond the node", token: good, node: node{vector: model.Vector{one: 6, two: 3}}, waits: true, refused: Behind},
		{name: "what was shown after the position is here", token: further, node: node{vector: model.Vector{one: 9, two: 3}}},
		{name: "what was shown after the position isn't here", token: further, node: node{vector: model.Vector{one: 8, two: 5}}, waits: true, refused: Behind},
		{name: "of who isn't heard", token: good, node: node{vector: model.Vector{one: 9}}, waits: true, refused: Unknown},
		{name: "the node keeps something back", token: good, node: node{vector: at, keepsBack: true}, waits: true, refused: Behind},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.node.entries = []mark{{model.NewKey("a", "missed"), model.Dot{Incarnation: other, Seq: 1}}}
			d := NewDesk(Config{Cluster: "prod", Wait: wait, MaxMissed: 100})
			arrival := Arrival{Session: 5, Subscription: fanout.Subscription{Seq: 3, Set: set(t, "a")}}
			got, now := d.Receive(time.Second, &tt.node, arrival, tt.token)
			if now == tt.waits {
				t.Fatalf("goes on at once %v", now)
			}
			if tt.waits {
				if due := d.Due(time.Second+wait-1, &tt.node); len(due) > 0 || d.Stats().Waiting != 1 {
					t.Fatalf("it didn't wait: %+v", due)
				}
				due := d.Due(time.Second+wait, &tt.node)
				if len(due) != 1 {
					t.Fatal("it waits for ever")
				}
				got = due[0]
			}
			if got.Session != 5 || got.Seq != 3 {
				t.Errorf("another arrival: %+v", got)
			}
			switch {
			case tt.token == "" && got.Resume != nil:
				t.Errorf("without a token: %+v", got.Resume)
			case tt.token == "":
			case got.Resume.Refused != tt.refused:
				t.Errorf("refused %q, want %q", got.Resume.Refused, tt.refused)
			case tt.refused == "" && len(got.Resume.Missed) != int(tt.node.vector[other]):
				t.Errorf("missed %v", got.Resume.Missed)
			}
			s := d.Stats()
			if s.Waiting != 0 || tt.refused != "" && (s.Refused[tt.refused] != 1 || s.Resumed != 0) {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

func TestDeskWaitsNoLongerThanNeeded(t *testing.T) {
	d := NewDesk(Config{Cluster: "prod", Wait: time.Hour, MaxMissed: 100})
	n := &node{vector: model.Vector{one: 6}}
	for id := range fanout.SessionID(3) {
		a := Arrival{Session: id, Subscription: fanout.Subscription{Set: set(t, "a")}}
		if _, now := d.Receive(0, n, a, token(t, "prod", "a", model.Vector{one: 7})); now {
			t.Fatal("didn't wait")
		}
	}
	d.Forget(1)
	// Who subscribes anew while it waits, waits for the new one only.
	if a, now := d.Receive(0, n, Arrival{Session: 2, Subscription: fanout.Subscription{Seq: 9, Set: set(t, "a")}}, ""); !now || a.Seq != 9 {
		t.Error("a Subscribe without a token waits")
	}
	n.vector = model.Vector{one: 7}
	due := d.Due(time.Second, n)
	if len(due) != 1 || due[0].Session != 0 || due[0].Resume.Refused != "" {
		t.Errorf("due %+v", due)
	}
}

func TestIssuerFollowsTheNode(t *testing.T) {
	n := &node{position: model.Vector{one: 1}}
	i := NewIssuer("prod")
	first := i.Token(n, set(t, "a"))
	n.position = model.Vector{one: 2}
	if i.Token(n, set(t, "a")) != first {
		t.Error("it asked again, though nothing moved")
	}
	i.Moved()
	second := i.Token(n, set(t, "a"))
	if p, ok := Parse(second); !ok || p.position[one.ID] != 2 {
		t.Errorf("after it moved: %+v", p)
	}
	n.position = nil
	i.Moved()
	if got := i.Token(n, set(t, "a")); got != "" {
		t.Errorf("without a position: %q", got)
	}
}

func FuzzParse(f *testing.F) {
	good := NewIssuer("prod").Token(&node{position: model.Vector{one: 7, two: 1 << 60}}, interest.Set{})
	f.Add(good)
	f.Add(good + good)
	f.Add(NewIssuer("prod").Token(&node{position: model.Vector{one: 7}, vector: model.Vector{one: 9}}, interest.Set{}))
	f.Add(strings.ToUpper(good))
	f.Fuzz(func(t *testing.T, text string) {
		token, ok := Parse(text)
		if !ok {
			return
		}
		// Nobody but an issuer writes what passes.
		n := &node{position: make(model.Vector), vector: make(model.Vector)}
		for id, seq := range token.position {
			n.position[model.Incarnation{ID: id}] = seq
		}
		for id, seq := range token.heard {
			n.vector[model.Incarnation{ID: id}] = seq
		}
		again, ok := Parse(NewIssuer("prod").Token(n, interest.Set{}))
		if !ok || !maps.Equal(again.position, token.position) || !maps.Equal(again.heard, token.heard) {
			t.Errorf("%q isn't understood again", text)
		}
	})
}

func TestParseRefusesWhatIsTooLong(t *testing.T) {
	long, longer := make(model.Vector), make(model.Vector)
	for i := range maxMarks/2 + 1 {
		inc := model.Incarnation{ID: uuid.UUID{byte(i), byte(i >> 8), 1}}
		long[inc], longer[inc] = 1, 2
	}
	if text := NewIssuer("prod").Token(&node{position: long, vector: longer}, interest.Set{}); text != "" {
		t.Error("a token with too many marks was written")
	}
	if _, ok := Parse(strings.Repeat("A", 1<<20)); ok {
		t.Error("a megabyte is read")
	}
}

// A token that names more incarnations than a node has heard of costs nothing while
// it waits: it is looked at often.
func TestATokenThatWaitsIsJudgedCheaply(t *testing.T) {
	wild := make(model.Vector)
	for i := range maxMarks {
		wild[model.Incarnation{ID: uuid.UUID{byte(i), byte(i >> 8), 1}}] = 1
	}
	read, ok := Parse(token(t, "prod", "a", wild))
	if !ok {
		t.Fatal("no token")
	}
	n := &node{vector: model.Vector{one: 9}}
	if allocs := testing.AllocsPerRun(10, func() {
		if _, refusal := judge(n, read); refusal != Unknown {
			t.Errorf("refused %q", refusal)
		}
	}); allocs > 0 {
		t.Errorf("allocates %v times", allocs)
	}
}
