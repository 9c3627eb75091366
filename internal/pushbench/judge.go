package main

import (
	"fmt"

	"heureka/internal/promise"
	"heureka/model"
	"heureka/wire"
)

// verdict is the answer to "judge".
type verdict struct {
	Sessions int    `json:"sessions"` // judged in full
	Messages int    `json:"messages"` // that they were told
	Broken   string `json:"broken,omitempty"`
}

// judge puts everything that the judged subscribers were told before the checkers
// of promises, and at last what they hold beside what is registered after so many
// changes. It is done when nothing is measured any more.
func (s *seats) judge(args ending) (any, error) {
	r, err := newRecords(s.args.Population)
	if err != nil {
		return nil, err
	}
	var answer verdict
	var report promise.Report
	for n, seat := range s.all {
		if !seat.judged {
			continue
		}
		seat.mu.Lock()
		frames := seat.frames
		seat.mu.Unlock()
		answer.Sessions++
		told, err := replay(r, fmt.Sprintf("subscriber %d", n), seat.format, seat.view.span, frames, args.Total, &report)
		if err != nil {
			return nil, fmt.Errorf("subscriber %d: %w", n, err)
		}
		answer.Messages += told
	}
	if err := report.Err(); err != nil {
		answer.Broken = err.Error()
	}
	return answer, nil
}

// replay judges one subscriber by its frames and returns how many messages they
// held.
func replay(r *records, name string, format wire.Format, s span, frames [][]byte, total int, report *promise.Report) (int, error) {
	session := promise.NewSession(name, report)
	session.Subscribed(1, func(in *model.Instance) bool {
		m, _, found := findMark([]byte(in.Metadata["mark"]))
		_, ok := s.place(m.instance)
		return found && ok
	})
	told := 0
	for _, frame := range frames {
		messages, err := decode(format, frame)
		if err != nil {
			return told, err
		}
		for _, m := range messages {
			session.Receive(m)
		}
		told += len(messages)
	}
	promise.Converge(report, registered(r, s, total, session), session.View())
	return told, nil
}

// registered returns what is registered in a span after so many changes. When the
// last change of each was sent is all that isn't known beforehand: that is taken
// from what is held, if it is of that change.
func registered(r *records, s span, total int, session *promise.Session) map[model.Key]*model.Instance {
	all := make(map[model.Key]*model.Instance, s.count)
	for i := range s.count {
		want := mark{instance: s.first + i*s.step}
		want.change = r.last(want.instance, total)
		key := r.key(want.instance)
		if held, ok := session.Get(key); ok && want.change > 0 {
			if m, _, found := findMark([]byte(held.Instance.Metadata["mark"])); found && m.change == want.change {
				want.sent = m.sent
			}
		}
		all[key] = r.instance(want)
	}
	return all
}
