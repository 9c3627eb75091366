package main

import (
	"slices"
	"testing"

	"heureka/interest"
)

func TestFilterIsAUnion(t *testing.T) {
	full := []interest.Interest{{Kind: interest.Full}}
	tests := []struct {
		name   string
		filter filter
		want   []interest.Interest
	}{
		{"nothing said: all", filter{}, full},
		{"full", filter{Full: true, App: []string{"ORDERS"}}, full},
		{"each kind", filter{App: []string{"A", "B"}, VIP: []string{"v"}, SecureVIP: []string{"s"}, ID: []string{"i"}},
			[]interest.Interest{
				{Kind: interest.App, Op: interest.Equals, Value: "A"},
				{Kind: interest.App, Op: interest.Equals, Value: "B"},
				{Kind: interest.VIP, Op: interest.Equals, Value: "v"},
				{Kind: interest.SecureVIP, Op: interest.Equals, Value: "s"},
				{Kind: interest.ID, Op: interest.Equals, Value: "i"},
			}},
		{"like", filter{App: []string{"A{1,3}"}, Like: true}, []interest.Interest{{Kind: interest.App, Op: interest.Like, Value: "A{1,3}"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.filter.interests(); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
