package main

import "heureka/internal/bench"

func rows(asked *settings) []bench.Row {
	on := func(play func(*stage) error) func(*bench.Stage) error {
		return func(s *bench.Stage) error { return play(&stage{s, asked}) }
	}
	return []bench.Row{
		{Letter: "a", Title: "heartbeats", Play: on(playHeartbeats)},
		{Letter: "b", Title: "1,000 heartbeats a second, three servers and one", Play: on(playThree)},
		{Letter: "c", Title: "registrations of 818 bytes, replicated to two others and stored", Play: on(playRegistrations)},
		{Letter: "d", Title: "apps and apps/delta, 5,000 instances, quiet and under 100 changes/s", Play: on(playDocuments)},
		{Letter: "e", Title: "how old apps is, 5,000 instances, 100 changes/s", Play: on(playAges)},
		{Letter: "f", Title: "registered, then in apps, 5,000 instances", Play: on(playAppearance)},
		{Letter: "g", Title: "two clients that fetch each second, one sees what the other does", Play: on(playClients)},
		{Letter: "h", Title: "resident memory after load", Play: on(playMemory)},
	}
}
