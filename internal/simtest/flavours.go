package simtest

import "time"

// flavour is what a run is about.
type flavour struct {
	name     string
	faults   time.Duration // how long there are faults and new words
	every    time.Duration // between faults; 0: none
	words    time.Duration // between new words of one client
	drops    []float64     // how many packets are lost: one of these
	disorder bool          // packets are doubled, and some take seconds
	disks    bool          // write nodes have disks
	forgets  bool          // tombstones are forgotten within seconds
	departs  bool          // and so are the dead that nothing bears
	mix      []chance
}

// chance is a fault and how often it comes, compared with the others.
type chance struct {
	weight int
	fault  func(*world)
}

// flavours are all of them. A seed's is the one at its remainder.
func flavours() []flavour {
	const faults = 40 * time.Second
	return []flavour{
		{name: "calm", faults: faults, words: time.Second, disorder: false},
		{name: "restarts", faults: faults, every: 6 * time.Second, words: time.Second, forgets: true, departs: true, mix: []chance{
			{2, (*world).leaveNode}, {1, (*world).crashOne}, {1, (*world).restartClient}}},
		{name: "loss", faults: faults, every: 4 * time.Second, words: time.Second, drops: []float64{0.05, 0.2, 0.35}, disorder: true, mix: []chance{
			{2, (*world).sever}, {1, (*world).crashNode}, {1, (*world).stallSubscriber}, {1, (*world).sleepNode}}},
		{name: "partition", faults: faults, every: 2 * time.Second, words: time.Second, drops: []float64{0, 0.02}, disorder: true, mix: []chance{
			{2, (*world).split}, {2, (*world).isolate}, {1, (*world).oneWay}, {1, (*world).mute}, {3, (*world).whole},
			{1, (*world).crashNode}, {1, (*world).jump}}},
		{name: "crash", faults: faults, every: 2 * time.Second, words: time.Second, drops: []float64{0, 0.02, 0.2}, disorder: true, disks: true, mix: []chance{
			{4, (*world).crashNode}, {2, (*world).loseMachine}, {2, (*world).leaveNode}, {2, (*world).restartClient},
			{1, (*world).restartSubscriber}, {1, (*world).sever}, {1, (*world).split}, {2, (*world).whole}}},
		{name: "blackout", faults: faults, every: 9 * time.Second, words: time.Second, drops: []float64{0, 0.05}, disks: true, mix: []chance{
			{3, (*world).blackout}, {1, (*world).crashNode}, {1, (*world).loseMachine}, {1, (*world).sleepNode}}},
		{name: "silence", faults: 60 * time.Second, every: 5 * time.Second, words: 1500 * time.Millisecond, drops: []float64{0, 0.05}, disorder: true, forgets: true, mix: []chance{
			{2, (*world).isolate}, {2, (*world).silenceNode}, {1, (*world).split}, {2, (*world).whole}, {1, (*world).crashNode},
			{1, (*world).sleepClient}}},
		{name: "slow", faults: faults, every: 2 * time.Second, words: 700 * time.Millisecond, drops: []float64{0, 0.1}, disorder: true, mix: []chance{
			{3, (*world).sleepNode}, {2, (*world).stallSubscriber}, {1, (*world).sleepClient}, {2, (*world).sever},
			{1, (*world).jump}, {1, (*world).restartSubscriber}}},
	}
}

// pick returns the flavour with that name, or else the seed's own.
func pick(seed uint64, name string) flavour {
	all := flavours()
	for _, f := range all {
		if f.name == name {
			return f
		}
	}
	return all[seed%uint64(len(all))]
}

func (f flavour) times() times {
	t := standardTimes()
	if f.forgets {
		t.tombstones = 6 * time.Second
	}
	if f.departs {
		t.tombstones, t.departure = 8*time.Second, 12*time.Second
	}
	return t
}
