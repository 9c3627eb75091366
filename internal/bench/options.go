package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Options are what every benchmark is asked for.
type Options struct {
	Only     []string      `help:"Rows to measure, by their letters; all if none is named." placeholder:"a,b"`
	Seconds  float64       `help:"How long one contender is measured in one round." default:"${seconds}"`
	Rounds   int           `help:"Rounds in which the contenders take turns; the median counts." default:"${rounds}"`
	Scale    float64       `help:"Share of the numbers of instances and subscribers that is used." default:"1"`
	Beacon   time.Duration `help:"Between two beacons of the nodes." default:"1s"`
	Programs string        `help:"Folder of write-node and read-node; by default that of this program." type:"path"`
	Profiles string        `help:"Folder for CPU profiles of the nodes in each row, and for profiles of their memory in rows about that; none by default, as profiling costs." type:"path"`
	JSON     bool          `name:"json" help:"The figures as one JSON object."`
}

func (o Options) validate(p *Program) error {
	switch {
	case o.Seconds <= 0 || o.Seconds > 60:
		return fmt.Errorf("--seconds is %v; more than 0, up to 60 are possible", o.Seconds)
	case o.Rounds < 1 || o.Rounds > 100:
		return fmt.Errorf("--rounds is %d; 1 to 100 are possible", o.Rounds)
	case o.Scale <= 0 || o.Scale > 1:
		return fmt.Errorf("--scale is %v; more than 0, up to 1 are possible", o.Scale)
	}
	letters := p.Letters()
	for _, letter := range o.Only {
		if !slices.Contains(letters, letter) {
			return fmt.Errorf("--only names %q; rows are called %s", letter, strings.Join(letters, " "))
		}
	}
	return nil
}

func (o Options) asked(letter string) bool {
	return len(o.Only) == 0 || slices.Contains(o.Only, letter)
}

// Scaled returns the share of a number that is used, at least the least.
func (o Options) Scaled(n, least int) int { return max(int(float64(n)*o.Scale), least) }
