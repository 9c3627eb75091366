package mirror

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"heureka/interest"
	"heureka/model"
	"heureka/wire"
)

var rewrite = flag.Bool("rewrite", false, "write what happens into the transcripts")

// TestTranscripts plays each file of testdata: a line that begins with "> " is an
// input, the lines below it are everything that Drain and Next returned after it.
// Events are taken at once, but for those between "> sleep" and "> wake".
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(text))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(text) {
				t.Errorf("want:\n%s\ngot:\n%s", text, got)
			}
		})
	}
}

// stage is a mirror, the time of one transcript, and what the node has sent.
type stage struct {
	t      *testing.T
	now    time.Duration
	mirror *Mirror
	sent   map[model.Key]uint64 // key -> hash
	asleep bool
}

func play(t *testing.T, text string) string {
	s := &stage{
		t:      t,
		mirror: New(DefaultConfig(), interests("a")),
		sent:   make(map[model.Key]uint64),
	}
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		command, isCommand := strings.CutPrefix(line, "> ")
		switch {
		case isCommand:
			fmt.Fprintln(&out, line)
			s.do(&out, strings.Fields(command))
			s.show(&out)
		case line == "" || strings.HasPrefix(line, "#"):
			fmt.Fprintln(&out, line)
		}
	}
	return out.String()
}

func (s *stage) do(out *strings.Builder, words []string) {
	m := s.mirror
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch words[0] {
	case "connect":
		m.Connect(s.now, wire.FormatJSON)
	case "lost":
		m.Lost()
	case "welcome":
		m.Receive(s.now, &wire.Welcome{Version: 1, Node: "r1", HeartbeatMs: 10000, MaxMessage: int(s.number(arg(1)))})
	case "interests":
		m.SetInterests(interests(words[1:]...))
	case "snapshot":
		clear(s.sent)
		m.Receive(s.now, &wire.Snapshot{Seq: uint64(s.number(arg(1))), Refused: strings.Join(words[min(2, len(words)):], " ")})
	case "resumed":
		m.Receive(s.now, &wire.Resumed{Seq: uint64(s.number(arg(1)))})
	case "put": // put KEY TIME STATUS
		in := instance(arg(1), arg(3))
		s.sent[in.Key()] = in.Hash()
		m.Receive(s.now, &wire.Put{Version: version(s.number(arg(2))), Hash: wire.FormatHash(in.Hash()), Instance: in})
	case "remove":
		in := instance(arg(1), "")
		delete(s.sent, in.Key())
		m.Receive(s.now, &wire.Remove{App: in.App, ID: in.ID})
	case "forget": // the node and the mirror disagree from now on
		delete(s.sent, instance(arg(1), "").Key())
	case "synced":
		m.Receive(s.now, &wire.Synced{Seq: uint64(s.number(arg(1))), Check: s.check(), Stale: arg(2) == "stale", Token: token(words)})
	case "heartbeat":
		check := s.check()
		m.Receive(s.now, &wire.Heartbeat{Check: &check, Stale: arg(1) == "stale", Token: token(words)})
	case "error":
		m.Receive(s.now, wire.NewError(wire.Code(s.number(arg(2))), "no").For(uint64(s.number(arg(1)))))
	case "goaway":
		m.Receive(s.now, &wire.GoAway{AfterMs: s.number(arg(1))})
	case "sleep":
		s.asleep = true
	case "wake":
		s.asleep = false
	case "status":
		fmt.Fprintf(out, "%+v\n", m.Status())
		for _, in := range m.All() {
			fmt.Fprintf(out, "  %s %s\n", in.Key(), in.Status)
		}
	case "tick":
		step, err := time.ParseDuration(arg(1))
		if err != nil {
			s.t.Fatal(err)
		}
		s.now += step
		m.Tick(s.now)
	default:
		s.t.Fatalf("unknown command %q", words[0])
	}
}

func (s *stage) show(out *strings.Builder) {
	effects := s.mirror.Drain()
	for _, frame := range effects.Frames {
		fmt.Fprintf(out, "say %s", frame)
	}
	if effects.Refused != "" {
		fmt.Fprintf(out, "not resumed: %s\n", effects.Refused)
	}
	for _, settled := range effects.Settled {
		fmt.Fprintf(out, "settled %d to %d", settled.First, settled.Last)
		if settled.Err != nil {
			fmt.Fprintf(out, ": %v", settled.Err)
		}
		fmt.Fprintln(out)
	}
	for e, ok := s.next(); ok; e, ok = s.next() {
		fmt.Fprintln(out, describe(e))
	}
	if d := effects.Departure; d != nil {
		fmt.Fprintf(out, "leave, back here %t: %v\n", d.Here, d.Err)
	}
	if effects.Failed != nil {
		fmt.Fprintf(out, "failed: %v\n", effects.Failed)
	}
}

func (s *stage) next() (Event, bool) {
	if s.asleep {
		return Event{}, false
	}
	return s.mirror.Next()
}

func describe(e Event) string {
	switch e.Type {
	case Synced:
		return "event synced"
	case Modified:
		return fmt.Sprintf("event modified %s %s, was %s", e.Instance.Key(), e.Instance.Status, e.Before.Status)
	default:
		return fmt.Sprintf("event %s %s %s", e.Type, e.Instance.Key(), e.Instance.Status)
	}
}

func (s *stage) check() wire.Check {
	var sum uint64
	for _, hash := range s.sent {
		sum += hash
	}
	return wire.Check{Count: len(s.sent), Digest: wire.FormatHash(sum)}
}

func (s *stage) number(text string) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func interests(apps ...string) []interest.Interest {
	var out []interest.Interest
	for _, app := range apps {
		out = append(out, interest.Interest{Kind: interest.App, Value: app})
	}
	return out
}

// token returns the word that begins with "@", without it.
func token(words []string) string {
	for _, word := range words {
		if token, ok := strings.CutPrefix(word, "@"); ok {
			return token
		}
	}
	return ""
}

func instance(key, status string) *model.Instance {
	app, id, _ := strings.Cut(key, "/")
	return &model.Instance{App: app, ID: id, Status: model.Status(status)}
}

func version(time int64) string {
	return model.Version{Time: model.Time(time), Incarnation: model.Incarnation{Name: "w", ID: uuid.UUID{1}}}.String()
}
