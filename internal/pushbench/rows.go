package main

// row is one row of the figures.
type row struct {
	letter, title string
	play          func(*stage) error
}

func rows() []row {
	return []row{
		{"a", "1,000 subscribers of one application, 600-byte records", playOneApp},
		{"b", "10,000 instances, 500 subscribers each of one application, 200 changes/s", playManyApps},
		{"c", "the full registry of 10,000", playSnapshots},
		{"d", "registrations acknowledged, 64 writers", playRegistrations},
		{"e", "renewals", playRenewals},
		{"f", "resident memory per idle subscriber with one interest", playIdle},
		{"g", "15,000 subscribers on one process, 1,000 applications, 200 changes/s", playCrowd},
		{"h", "10,000 distinct patterns, 10,000 values", playPatterns},
		{"i", "memory per 100,000 instances of 600 bytes on a read node, full view and indexes", playMemory},
	}
}

func rowOf(letter string) (row, bool) {
	for _, r := range rows() {
		if r.letter == letter {
			return r, true
		}
	}
	return row{}, false
}

func letters() []string {
	var all []string
	for _, r := range rows() {
		all = append(all, r.letter)
	}
	return all
}

// size is how many bytes a record has.
const size = 600
