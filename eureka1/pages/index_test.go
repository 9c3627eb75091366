package pages

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"heureka/eureka1/dialect"
	"heureka/model"
)

// walked returns what Find should find.
func walked(p *Pages, by Index, word string) []*Row {
	var rows []*Row
	for row := range p.Snapshot().Rows() {
		if in := row.Instance(); found(in, by, word) {
			rows = append(rows, row)
		}
	}
	return rows
}

func found(in *model.Instance, by Index, word string) bool {
	has := func(list string) bool {
		return slices.ContainsFunc(strings.Split(list, ","), func(e string) bool { return strings.TrimSpace(e) == word })
	}
	switch by {
	case ByID:
		return in.ID == word
	case ByVIP:
		return has(dialect.VIP(in))
	case BySecureVIP:
		return has(in.SecureVIP)
	default:
		return in.Override != ""
	}
}

// lists are vips that instances say; none of them goes by the name of an application.
var lists = []string{"", "a", "b", "a,b", " b , c", "c,,c", ",", "app-1"}

// askedFor are words that are looked up.
var askedFor = map[Index][]string{
	ByID:  {"i-1", "i-2", "i-59", "none"},
	ByVIP: {"a", "b", "c", "app-1", "app-2", "none"}, BySecureVIP: {"a", "b", "c", "app-1", "app-2"}, Overridden: {""},
}

// TestIndexesFindWhatAWalkFinds looks things up while instances come, go, and change what
// they are found by, one by one and many at a time.
func TestIndexesFindWhatAWalkFinds(t *testing.T) {
	for seed := range uint64(6) {
		pages, source := newPages(t, Config{Window: time.Second, MaxChanged: 100, SegmentBytes: 6000}), newSource(seed, 9)
		random := rand.New(rand.NewPCG(seed, 2))
		rows, kept := 0, []*Row(nil)
		for step := range 300 {
			var changes []model.Change
			for range random.IntN([]int{2, 5, 90}[step%3]) {
				changes = append(changes, withVIPs(source.change(), random))
			}
			before := slices.Clone(kept)
			pages.Apply(changes, time.Duration(step)*time.Millisecond)
			if !slices.Equal(kept, before) {
				t.Fatalf("seed %d, step %d: what was found has changed", seed, step)
			}
			by := Index(random.IntN(indexes)) // so that some are gathered late
			for _, word := range askedFor[by] {
				kept = pages.Find(by, word, 0)
				if want := walked(pages, by, word); !slices.Equal(kept, want) {
					t.Fatalf("seed %d, step %d: index %d finds %d rows by %q, want %d", seed, step, by, len(kept), word, len(want))
				}
				rows += len(kept)
			}
			check(t, pages)
		}
		if rows < 3000 {
			t.Errorf("seed %d: only %d rows were looked for", seed, rows)
		}
	}
}

func withVIPs(c model.Change, random *rand.Rand) model.Change {
	if c.Kind == model.Put {
		in := c.After.Unpack()
		in.VIP, in.SecureVIP = lists[random.IntN(len(lists))], lists[random.IntN(len(lists))]
		c.After = model.Pack(in.Canonical())
	}
	return c
}

// check holds that indexes have no more than is found in them.
func check(t *testing.T, p *Pages) {
	t.Helper()
	for _, x := range p.indexes {
		if x == nil {
			continue
		}
		for word, l := range x.found {
			if err := sound(l); err != nil || l.rows == 0 {
				t.Fatalf("under %q: %d rows, %v", word, l.rows, err)
			}
		}
	}
}

func TestAnIndexThatNobodyAsksForIsLetGo(t *testing.T) {
	pages := fleet(t, 3, 3)
	change := func(at time.Duration) {
		in := realistic("SERVICE-000", 0)
		in.LastChangedMs += int64(at)
		pages.Apply([]model.Change{{Kind: model.Put, Key: in.Key(), After: model.Pack(in)}}, at)
	}
	pages.Find(ByVIP, "service-001", time.Minute)
	pages.Find(ByID, "service-001", 2*time.Minute)
	change(time.Minute + unasked)
	if pages.indexes[ByVIP] == nil || pages.indexes[ByID] == nil {
		t.Error("they go too early")
	}
	change(time.Minute + unasked + 1)
	if pages.indexes[ByVIP] != nil || pages.indexes[ByID] == nil {
		t.Error("it stays, or another goes with it")
	}
	if rows := pages.Find(ByVIP, "service-000", time.Hour); len(rows) != 3 {
		t.Errorf("gathered anew, it finds %d rows", len(rows))
	}
}

// BenchmarkFind looks up a vip of 10 instances among 10,000, and beside it walks; and
// changes one instance, while nothing was looked up and with all indexes.
func BenchmarkFind(b *testing.B) {
	pages := fleet(b, 1000, 10)
	for name, find := range map[string]func(*Pages, Index, string) []*Row{
		"index": func(p *Pages, by Index, word string) []*Row { return p.Find(by, word, 0) },
		"walk":  walkedPacked,
	} {
		b.Run("vip/"+name, func(b *testing.B) {
			for b.Loop() {
				if rows := find(pages, ByVIP, "service-500"); len(rows) != 10 {
					b.Fatal(len(rows))
				}
			}
		})
	}
	for _, kept := range []int{0, indexes} {
		b.Run(fmt.Sprint("change/", kept, " indexes"), func(b *testing.B) {
			pages := fleet(b, 1000, 10)
			for by := range kept {
				pages.Find(Index(by), "", 0)
			}
			n := 0
			for b.Loop() {
				n++
				in := realistic(fmt.Sprintf("SERVICE-%03d", n*7919%1000), n%10)
				in.LastChangedMs += int64(n)
				pages.Apply([]model.Change{{Kind: model.Put, Key: in.Key(), After: model.Pack(in)}}, 0)
			}
		})
	}
}

// walkedPacked walks as cheaply as one can.
func walkedPacked(p *Pages, _ Index, vip string) []*Row {
	var rows []*Row
	for row := range p.Snapshot().Rows() {
		list, _ := row.Packed.VIPs()
		for e := range strings.SplitSeq(list, ",") {
			if e == vip {
				rows = append(rows, row)
			}
		}
	}
	return rows
}
