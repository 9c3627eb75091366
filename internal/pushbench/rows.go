package main

import "heureka/internal/bench"

// stage is where one row plays.
type stage struct{ *bench.Stage }

// on lets a row play on such a stage.
func on(play func(*stage) error) func(*bench.Stage) error {
	return func(s *bench.Stage) error { return play(&stage{s}) }
}

func rows() []bench.Row {
	return []bench.Row{
		{Letter: "a", Title: "1,000 subscribers of one application, 600-byte records", Play: on(playOneApp)},
		{Letter: "b", Title: "10,000 instances, 500 subscribers each of one application, 200 changes/s", Play: on(playManyApps)},
		{Letter: "c", Title: "the full registry of 10,000", Play: on(playSnapshots)},
		{Letter: "d", Title: "registrations acknowledged, 64 writers", Play: on(playRegistrations)},
		{Letter: "e", Title: "renewals", Play: on(playRenewals)},
		{Letter: "f", Title: "resident memory per idle subscriber with one interest", Play: on(playIdle)},
		{Letter: "g", Title: "15,000 subscribers on one process, 1,000 applications, 200 changes/s", Play: on(playCrowd)},
		{Letter: "h", Title: "10,000 distinct patterns, 10,000 values", Play: on(playPatterns)},
		{Letter: "i", Title: "memory per 100,000 instances of 600 bytes on a read node, full view and indexes", Play: on(playMemory)},
	}
}

// size is how many bytes a record has.
const size = 600
