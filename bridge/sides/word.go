package sides

import (
	"slices"

	"heureka/eureka1/dialect"
	"heureka/eureka1/rules"
	"heureka/model"
)

// word is an instance as the old cluster holds it. It is immutable.
type word struct {
	info     *dialect.Info
	key      model.Key
	stamp    int64        // when its client last said something new, by its own clock
	hash     uint64       // of what its client said
	override model.Status // "": none
	shows    model.Status // under that
	mark     string       // the Heureka that it comes from, or the like; "": its client registered there
}

// wordOf returns what a server says of an instance; an error if it can't be
// registered anywhere.
func wordOf(info *dialect.Info) (*word, error) {
	if err := info.Check(info.App); err != nil {
		return nil, err
	}
	said := *info
	w := &word{info: &said, stamp: info.LastDirtyMs, shows: info.Status}
	if said.Overridden != model.StatusUnknown {
		w.override = said.Overridden
		if said.Status == said.Overridden { // a client that is believed says so itself, see docs/eureka1.md
			said.Status = model.StatusUp
		}
	}
	for _, p := range said.Metadata {
		if p.Key == dialect.KeyOrigin {
			w.mark = p.Value
		}
	}
	in := said.Instance()
	w.key, w.hash = in.Key(), in.Hash()
	return w, nil
}

// under returns what a client says under the override that the old cluster has of it.
func (w *word) under(held *word) *word {
	if held.override == w.override {
		return w
	}
	said := *w
	if said.override, said.shows = held.override, held.shows; held.override == "" {
		said.shows = said.info.Status
	}
	return &said
}

// shown is an instance as Heureka shows it. It is immutable.
type shown struct {
	in    *model.Instance
	peer  bool   // known from another Eureka server only
	stamp int64  // when its client last said something new; by the bridge's clock, if the client didn't say
	hash  uint64 // of that
}

// showing returns what Heureka shows, after what it showed before.
func showing(in *model.Instance, before *shown, now model.Moment) *shown {
	s := &shown{in: in, peer: rules.IsPeers(in), stamp: in.LastChangedMs, hash: own(in).Hash()}
	switch {
	case s.stamp != 0:
	case before != nil && before.hash == s.hash:
		s.stamp = before.stamp
	default:
		s.stamp = now.Wall / 1000
		if before != nil {
			s.stamp = max(s.stamp, before.stamp+1)
		}
	}
	return s
}

// own returns an instance as its client said it, as far as is shown: whoever is under an
// override is taken to say UP, as in wordOf. An override is told by a word of its own.
func own(in *model.Instance) *model.Instance {
	if in.Override == "" {
		return in
	}
	said := *in
	if said.Override = ""; in.Status == in.Override {
		said.Status = model.StatusUp
	}
	return &said
}

// forHeureka returns what the bridge registers there.
func (w *word) forHeureka(c *Config, adopt bool) *dialect.Info {
	info := *w.info
	info.Overridden = model.StatusUnknown
	if adopt && w.override != "" {
		info.Overridden = w.override
	}
	lengthen(&info, c)
	return &info
}

// forEureka returns what the bridge registers in a server of the old cluster, with the
// override if the server hasn't got it yet. One that has it may have lost it since to an
// operator, and would take it up again from a registration that comes late.
func (s *shown) forEureka(c *Config, stamp int64, adopt bool) *dialect.Info {
	info := dialect.InfoOf(own(s.in), dialect.Shown{UpdatedMs: stamp})
	if adopt && s.in.Override != "" {
		info.Overridden = s.in.Override
	}
	info.LastDirtyMs, info.Action = stamp, dialect.Added
	info.Metadata = slices.DeleteFunc(slices.Clone(info.Metadata), func(p dialect.Pair) bool { return p.Key == dialect.KeyOrigin })
	info.Metadata = append(info.Metadata, dialect.Pair{Key: dialect.KeyOrigin, Value: c.Name})
	lengthen(&info, c)
	return &info
}

func lengthen(info *dialect.Info, c *Config) {
	info.Lease.DurationSecs = max(info.Lease.DurationSecs, int32(c.Keep.Seconds()))
}
