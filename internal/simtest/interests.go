package simtest

import (
	"regexp"
	"strings"

	"heureka/interest"
	"heureka/internal/promise"
	"heureka/model"
)

// everything is what a witness wants: the whole registry.
func everything() []interest.Interest { return []interest.Interest{{Kind: interest.Full}} }

// someInterests draws what a subscriber wants, of every kind now and then.
func (w *world) someInterests() []interest.Interest {
	pool := []interest.Interest{
		{Kind: interest.Full},
		{Kind: interest.App, Op: interest.Equals, Value: "orders"},
		{Kind: interest.App, Op: interest.Like, Value: "car.*"},
		{Kind: interest.VIP, Op: interest.Equals, Value: "a"},
		{Kind: interest.VIP, Op: interest.Like, Value: "[ab]"},
		{Kind: interest.SecureVIP, Op: interest.Equals, Value: "s"},
		{Kind: interest.SecureVIP, Op: interest.Like, Value: ".*"},
		{Kind: interest.ID, Op: interest.Equals, Value: "client-1-0"},
		{Kind: interest.ID, Op: interest.Like, Value: ".*-1"},
	}
	w.random.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	return pool[:1+w.random.IntN(3)]
}

// matcher returns what the interests mean, in the plainest way.
func matcher(interests []interest.Interest) promise.Matcher {
	var any []func(*model.Instance) bool
	for _, i := range interests {
		any = append(any, plainly(i))
	}
	return func(in *model.Instance) bool {
		for _, matches := range any {
			if matches(in) {
				return true
			}
		}
		return false
	}
}

func plainly(i interest.Interest) func(*model.Instance) bool {
	if i.Kind == interest.Full {
		return func(*model.Instance) bool { return true }
	}
	pattern := regexp.MustCompile("^(?:" + i.Value + ")$")
	if i.Kind == interest.App {
		pattern = regexp.MustCompile("(?i)^(?:" + i.Value + ")$")
	}
	return func(in *model.Instance) bool {
		list := map[interest.Kind]string{
			interest.App: in.App, interest.VIP: in.VIP, interest.SecureVIP: in.SecureVIP, interest.ID: in.ID,
		}[i.Kind]
		for value := range strings.SplitSeq(list, ",") {
			if value != "" && pattern.MatchString(value) {
				return true
			}
		}
		return false
	}
}
