package store

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestAStoreOfLongAgoIsSetAside opens what was last written at some time. Times are
// so far apart that how long the test takes doesn't matter.
func TestAStoreOfLongAgoIsSetAside(t *testing.T) {
	for name, test := range map[string]struct {
		ago     time.Duration
		unknown bool
		refused bool
	}{
		"just now":                       {},
		"a day less than is allowed":     {ago: departure - 24*time.Hour},
		"a day more than is allowed":     {ago: departure + 24*time.Hour, refused: true},
		"when, isn't known":              {ago: departure + 24*time.Hour, unknown: true},
		"later: the clock has gone back": {ago: -10 * departure},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s, _ := opened(t, config(folder))
			for n := uint64(1); n <= 5; n++ {
				b := step(n)
				if !test.unknown {
					b.Wall = time.Now().Add(-test.ago).UnixMicro()
				}
				if err := s.Write(b); err != nil {
					t.Fatal(err)
				}
			}
			closed(t, s)
			var log bytes.Buffer
			s, contents, err := Open(config(folder), slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			defer closed(t, s)
			files := aside(t, folder)
			if !test.refused {
				if !same(contents, stateAfter(5)) || len(files) > 0 {
					t.Errorf("state %d came back, set aside %v", number(contents), files)
				}
				return
			}
			if len(contents.Entries)+len(contents.Vector) > 0 || !contents.Damaged || len(files) != 1 || !strings.Contains(log.String(), "too old: last written ") {
				t.Errorf("%d entries came back, set aside %v; the log says %s", len(contents.Entries), files, log.String())
			}
			if err := s.Write(step(6)); err != nil {
				t.Error(err)
			}
		})
	}
}
