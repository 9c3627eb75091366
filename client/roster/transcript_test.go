package roster

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"heureka/model"
	"heureka/wire"
)

var rewrite = flag.Bool("rewrite", false, "write what happens into the transcripts")

// TestTranscripts plays each file of testdata: a line that begins with "> " is an
// input, the lines below it are everything that Drain returned after it.
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

// stage is a roster and the time of one transcript.
type stage struct {
	t      *testing.T
	now    time.Duration
	roster *Roster
}

func play(t *testing.T, text string) string {
	cfg := DefaultConfig("p")
	cfg.MaxInFlight = 3
	s := &stage{t: t, roster: New(cfg)}
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		command, isCommand := strings.CutPrefix(line, "> ")
		switch {
		case isCommand:
			fmt.Fprintln(&out, line)
			if err := s.do(strings.Fields(command)); err != nil {
				fmt.Fprintln(&out, "refused:", err)
			}
			s.show(&out)
		case line == "" || strings.HasPrefix(line, "#"):
			fmt.Fprintln(&out, line)
		}
	}
	return out.String()
}

func (s *stage) do(words []string) error {
	r := s.roster
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	var err error
	switch words[0] {
	case "connect":
		r.Connect(s.now, wire.FormatJSON)
	case "lost":
		r.Lost()
	case "welcome":
		r.Receive(s.now, &wire.Welcome{Version: 1, Node: "w1", HeartbeatMs: s.number(arg(1)), MaxMessage: int(s.number(arg(2)))})
	case "register":
		_, err = r.Register(s.instance(words[1:]))
	case "update":
		_, err = r.Update(s.instance(words[1:]))
	case "unregister":
		_, err = r.Unregister(key(arg(1)))
	case "ack":
		r.Receive(s.now, &wire.Ack{Seq: uint64(s.number(arg(1))), Version: arg(2)})
	case "error":
		e := wire.NewError(wire.Code(s.number(arg(2))), "no")
		if arg(3) != "" {
			e.Retry = wire.Retry(arg(3))
		}
		r.Receive(s.now, e.For(uint64(s.number(arg(1)))))
	case "again":
		r.Receive(s.now, &wire.Again{App: key(arg(1)).App, ID: key(arg(1)).ID})
	case "goaway":
		r.Receive(s.now, &wire.GoAway{AfterMs: s.number(arg(1))})
	case "tick":
		step, parseErr := time.ParseDuration(arg(1))
		if parseErr != nil {
			s.t.Fatal(parseErr)
		}
		s.now += step
		r.Tick(s.now)
	default:
		s.t.Fatalf("unknown command %q", words[0])
	}
	return err
}

func (s *stage) show(out *strings.Builder) {
	effects := s.roster.Drain()
	for _, frame := range effects.Frames {
		for i, line := range strings.Split(strings.TrimSuffix(string(frame), "\n"), "\n") {
			fmt.Fprintf(out, "%s %s\n", map[bool]string{true: "say", false: "   "}[i == 0], line)
		}
	}
	for _, settled := range effects.Settled {
		fmt.Fprintf(out, "settled %d (%s) up to %d", settled.ID, settled.Key, settled.Wish)
		if settled.Ended {
			fmt.Fprint(out, ", ended")
		}
		if settled.Err != nil {
			fmt.Fprintf(out, ": %v", settled.Err)
		}
		fmt.Fprintln(out)
	}
	if d := effects.Departure; d != nil {
		fmt.Fprintf(out, "leave, back here %t: %v\n", d.Here, d.Err)
	}
	if due, ok := s.roster.Due(); ok {
		fmt.Fprintf(out, "due in %v\n", due-s.now)
	}
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

// instance reads "APP/ID STATUS key=value ...": vip, and renewal in milliseconds.
func (s *stage) instance(words []string) *model.Instance {
	k := key(words[0])
	in := &model.Instance{App: k.App, ID: k.ID}
	for _, word := range words[1:] {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "vip":
			in.VIP = value
		case "renewal":
			in.Lease.RenewalMs = s.number(value)
		default:
			in.Status = model.Status(word)
		}
	}
	return in
}

func key(text string) model.Key {
	app, id, _ := strings.Cut(text, "/")
	return model.NewKey(app, id)
}
