package pages

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"heureka/model"
)

// row returns a row of that weight.
func row(app, id string, action Action, weight int) *Row {
	return &Row{Key: model.Key{App: app, ID: id}, Action: action, weight: weight}
}

func randomRow(random *rand.Rand) *Row {
	action := Added
	if random.IntN(4) == 0 {
		action = Deleted
	}
	weight := 100
	if random.IntN(20) == 0 {
		weight = random.IntN(3000) // some are larger than a leaf
	}
	return row(fmt.Sprint("A", random.IntN(8)), fmt.Sprint(random.IntN(40)), action, weight)
}

// sound says what is wrong with a listing.
func sound(l *listing) error {
	rows := 0
	var before *Row
	for i, leaf := range l.leaves {
		weight, heaviest := 0, 0
		for _, r := range leaf.rows {
			if before != nil && before.compare(r) >= 0 {
				return fmt.Errorf("leaf %d: %s comes after %s", i, r.Key, before.Key)
			}
			before, weight, heaviest = r, weight+r.weight, max(heaviest, r.weight)
		}
		switch rows += len(leaf.rows); {
		case len(leaf.rows) == 0:
			return fmt.Errorf("leaf %d is empty", i)
		case weight != leaf.weight:
			return fmt.Errorf("leaf %d weighs %d and says %d", i, weight, leaf.weight)
		case weight > l.target*3/2+heaviest:
			return fmt.Errorf("leaf %d weighs %d, its heaviest row %d", i, weight, heaviest)
		}
	}
	if rows != l.rows {
		return fmt.Errorf("%d rows, says %d", rows, l.rows)
	}
	return nil
}

func TestAListingHoldsWhatASortedSliceHolds(t *testing.T) {
	var splits, joins uint64
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		l := &listing{target: 1000}
		var twin []*Row
		for step := range 600 {
			r := randomRow(random)
			at, found := slices.BinarySearchFunc(twin, r, (*Row).compare)
			if random.IntN(5) < 2+step/300 {
				if got := l.get(r); found && got != twin[at] || !found && got != nil {
					t.Fatalf("seed %d, step %d: get gives %v", seed, step, got)
				}
				l.remove(r)
				if found {
					twin = slices.Delete(twin, at, at+1)
				}
			} else {
				l.put(r)
				if found {
					twin[at] = r
				} else {
					twin = slices.Insert(twin, at, r)
				}
			}
			if err := sound(l); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
			if got := rowsOf(l.leaves); !slices.Equal(got, twin) {
				t.Fatalf("seed %d, step %d: the rows differ from a sorted slice's", seed, step)
			}
		}
		splits, joins = splits+l.splits, joins+l.joins
	}
	if splits < 100 || joins < 20 {
		t.Errorf("only %d splits and %d joins", splits, joins)
	}
}

func rowsOf(leaves []*leaf) []*Row {
	var rows []*Row
	for _, leaf := range leaves {
		rows = append(rows, leaf.rows...)
	}
	return rows
}

// A change makes two new leaves at most: nothing cascades. And what a snapshot has
// shared stays as it was.
func TestAChangeMakesTwoLeavesAtMost(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	l := &listing{target: 1000}
	for step := range 5000 {
		before := l.leaves
		copied := slices.Clone(before)
		if r := randomRow(random); random.IntN(2) == 0 {
			l.put(r)
		} else {
			l.remove(r)
		}
		fresh := 0
		for _, leaf := range l.leaves {
			if !slices.Contains(before, leaf) {
				fresh++
			}
		}
		if fresh > 2 {
			t.Fatalf("step %d: %d new leaves", step, fresh)
		}
		if !slices.Equal(before, copied) {
			t.Fatalf("step %d: what was shared has changed", step)
		}
	}
}

// Whatever order rows come in, leaves come out about as large as they should.
func TestLeavesAreAboutTheTarget(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 1))
	orders := map[string]func(int) int{
		"in order":    func(i int) int { return i },
		"in reverse":  func(i int) int { return 9999 - i },
		"at random":   nil,
		"alternating": func(i int) int { return i/2 + i%2*5000 },
	}
	shuffled := random.Perm(10_000)
	orders["at random"] = func(i int) int { return shuffled[i] }
	for name, order := range orders {
		l := &listing{target: 64_000}
		for i := range 10_000 {
			l.put(row("A", fmt.Sprintf("%05d", order(i)), Added, 1000))
		}
		if mean := 10_000 * 1000 / len(l.leaves); mean < 46_000 || mean > 90_000 {
			t.Errorf("%s: leaves of %d bytes", name, mean)
		}
		if full := 10_000*1000/len(l.leaves) > 60_000; name == "in order" && !full {
			t.Error("rows in order leave leaves behind that aren't full")
		}
		// Most instances go: the leaves join.
		for i := range 10_000 {
			if i%10 != 0 {
				l.remove(row("A", fmt.Sprintf("%05d", i), Added, 0))
			}
		}
		if mean := 1_000 * 1000 / len(l.leaves); mean < 40_000 {
			t.Errorf("%s: leaves of %d bytes are left", name, mean)
		}
	}
}
