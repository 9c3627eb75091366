package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"heureka/model"
)

// The metadata that carries the measurement: when the content was sent, in
// nanoseconds since the test began, and as its how-manyeth change; the
// registration is 0.
const (
	sentKey   = "sent"
	changeKey = "change"
	padKey    = "pad"
)

// service is one instance as its publisher last said it.
type service struct {
	current *model.Instance
	changes int
}

// appName returns the name of an application of this run; the mark keeps runs
// on one cluster apart.
func appName(mark string, app int) string { return model.FoldApp(fmt.Sprintf("load-%s-%d", mark, app)) }

func newService(cfg config, mark string, n int) *service {
	in := &model.Instance{
		App:      appName(mark, n%cfg.Apps),
		ID:       fmt.Sprintf("i-%d", n),
		HostName: fmt.Sprintf("host-%d.example.org", n),
		Address:  fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255),
		VIP:      "load",
		Status:   model.StatusUp,
		Ports:    []model.Port{{Name: "http", Number: 8080}},
		Metadata: map[string]string{padKey: strings.Repeat("x", cfg.Size)},
	}
	return &service{current: in.Canonical()}
}

// stamp makes the content the next that is sent: the registration first, then
// one change after the other.
func (s *service) stamp(change int, sent time.Duration) {
	next := s.current.Clone()
	next.Metadata[sentKey] = strconv.FormatInt(int64(sent), 10)
	next.Metadata[changeKey] = strconv.Itoa(change)
	s.current, s.changes = next, change
}

// stampOf reads what stamp wrote.
func stampOf(in *model.Instance) (change int, sent time.Duration, ok bool) {
	change, err := strconv.Atoi(in.Metadata[changeKey])
	if err != nil {
		return 0, 0, false
	}
	ns, err := strconv.ParseInt(in.Metadata[sentKey], 10, 64)
	return change, time.Duration(ns), err == nil
}
