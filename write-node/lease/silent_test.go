package lease

import (
	"testing"
	"time"
)

// each returns a table with n leases of class Own, each of a holder of its own.
func each(n int) (*Table, []*Holder) {
	table, holders := New(unpaused()), make([]*Holder, n)
	for i, l := range some(n) {
		holders[i] = new(Holder)
		table.Grant(0, l, holders[i], Own, thirty)
	}
	return table, holders
}

const day = 24 * time.Hour

func TestTenSilentClientsAreKeptForADay(t *testing.T) {
	table, _ := each(10)
	if n := len(table.Expire(thirty)); n != 0 {
		t.Fatalf("%d went", n)
	}
	if h, s := table.Clients(); h != 0 || s != 10 {
		t.Errorf("%d are heard and %d silent", h, s)
	}
	if s := table.Stats(thirty, Own); s.Holds[AllSilent] != day || s.Hold != day || s.Left != 0 {
		t.Errorf("stats %+v", s)
	}
	if n := len(table.Expire(thirty + day - 1)); n != 0 {
		t.Errorf("%d went within the day", n)
	}
	if n := len(table.Expire(thirty + day)); n != 1 {
		t.Errorf("%d went after the day", n)
	}
}

func TestNineSilentClientsGoByTheQuota(t *testing.T) {
	table, _ := each(9)
	if n := len(table.Expire(thirty)); n != 1 {
		t.Errorf("%d went", n)
	}
}

func TestOneClientThatIsHeardEndsTheLongHold(t *testing.T) {
	table, holders := each(100)
	table.Expire(thirty)
	table.Heard(time.Hour, holders[0])
	if n := len(table.Expire(time.Hour)); n != 15 {
		t.Errorf("%d went", n)
	}
	// It falls silent again: a day counts from there.
	if n := len(table.Expire(2 * time.Hour)); n != 0 {
		t.Errorf("%d went though nobody is heard any more", n)
	}
	if left := table.Stats(2*time.Hour, Own).Holds[AllSilent]; left != day {
		t.Errorf("held for %v more", left)
	}
}

func TestManyRegistrationsOfOneClientAreOneClient(t *testing.T) {
	table, _, _ := granted(1000, Own)
	if n := len(table.Expire(thirty)); n != 150 {
		t.Errorf("%d went", n)
	}
}

func TestClientsThatLeftAreNotSilent(t *testing.T) {
	table, holders := each(200)
	for _, h := range holders {
		table.Left(h)
	}
	if n := len(table.Expire(thirty)); n != 30 {
		t.Errorf("%d went", n)
	}
	if h, s := table.Clients(); h != 0 || s != 0 {
		t.Errorf("%d are heard and %d silent", h, s)
	}
}

func TestAdoptedLeasesAreNoClients(t *testing.T) {
	table := New(unpaused())
	for _, l := range some(100) {
		table.Grant(0, l, nil, Adopted, thirty)
	}
	if h, s := table.Clients(); h != 0 || s != 0 {
		t.Errorf("%d are heard and %d silent", h, s)
	}
	if n := len(table.Expire(2 * time.Minute)); n != 15 {
		t.Errorf("%d went", n)
	}
}

func TestOneThatIsCutOffKeepsItsOwnOnlyWhileNobodyIsHeard(t *testing.T) {
	table, holders := each(2)
	table.Hold(Own, CutOff, day)
	table.Heard(20*sec, holders[1])
	if n := len(table.Expire(thirty)); n != 1 {
		t.Errorf("%d went while a client is heard", n)
	}
	if n := len(table.Expire(time.Hour)); n != 0 {
		t.Errorf("%d went while nobody is heard", n)
	}
	if n := len(table.Expire(day)); n != 1 {
		t.Errorf("%d went at the end", n)
	}
}

func TestReasonsToHoldDontUndoEachOther(t *testing.T) {
	table, _, _ := granted(100, Adopted)
	table.Hold(Adopted, Operator, day)
	table.Hold(Adopted, Behind, time.Hour)
	table.Resume(Adopted, Behind)
	if n := len(table.Expire(time.Hour)); n != 0 {
		t.Errorf("%d went: the operator's hold was undone", n)
	}
	table.Hold(Adopted, Behind, day)
	table.Resume(Adopted, Operator)
	s := table.Stats(time.Hour, Adopted)
	if s.Holds[Operator] != 0 || s.Holds[Behind] != day-time.Hour {
		t.Errorf("holds are %v", s.Holds)
	}
}

func TestStatsSayWhatTheQuotaWaitsFor(t *testing.T) {
	table, _, _ := granted(100, Own)
	table.Expire(thirty)
	for _, c := range []struct{ at, want time.Duration }{{thirty, time.Minute}, {80 * sec, 10 * sec}, {90 * sec, 0}} {
		if got := table.Stats(c.at, Own).Holds[Quota]; got != c.want {
			t.Errorf("at %v it waits %v, want %v", c.at, got, c.want)
		}
	}
	adopted, _, _ := granted(1, Adopted)
	if got := adopted.Stats(20*sec, Adopted).Holds[TakenOver]; got != 40*sec {
		t.Errorf("the window opens in %v", got)
	}
}
