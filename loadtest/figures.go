package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"heureka/internal/promise"
)

// figures is the report of one run. Times are in milliseconds.
type figures struct {
	Services    int `json:"services"`
	Apps        int `json:"apps"`
	Subscribers int `json:"subscribers"`
	Connections int `json:"connections"`

	RegisteredMs float64 `json:"registeredMs"` // from the first registration until all were seen by all
	ChangingMs   float64 `json:"changingMs"`   // how long changes were sent and acknowledged
	SettledMs    float64 `json:"settledMs"`    // from the last acknowledgement until all views were level

	Changes             int     `json:"changes"` // sent
	ChangesPerSecond    float64 `json:"changesPerSecond"`
	Deliveries          int     `json:"deliveries"`
	DeliveriesPerSecond float64 `json:"deliveriesPerSecond"`
	// Merged is how many changes a subscriber wasn't told because a newer one of
	// the same instance, or a snapshot, was sent instead.
	Merged    int `json:"merged"`
	Snapshots int `json:"snapshots"` // that replaced a view, beyond each subscriber's first

	Seen         percentiles `json:"seenMs"`         // of changes, from sent to seen by a subscriber
	Acknowledged percentiles `json:"acknowledgedMs"` // of changes, from sent to acknowledged

	Broken   int      `json:"broken"`   // promises' failures
	Failures []string `json:"failures"` // the first of them

	report promise.Report
}

// fill takes the figures from publishers and subscribers when all is over.
func (l *load) fill(f *figures) {
	changesOf := make(map[string]int) // by application
	for i, p := range l.publishers {
		f.Changes += l.sent[i]
		f.report.Join(&p.report)
		for _, s := range p.services {
			changesOf[s.current.App] += s.changes
		}
	}
	for _, s := range l.subscribers {
		s.mu.Lock()
		f.Deliveries += s.delivered
		f.Merged += changesOf[s.app] - s.delivered
		f.Snapshots += s.snapshots
		f.report.Join(&s.report)
		s.mu.Unlock()
	}
	if seconds := f.ChangingMs / 1000; seconds > 0 {
		f.ChangesPerSecond = float64(f.Changes) / seconds
		f.DeliveriesPerSecond = float64(f.Deliveries) / seconds
	}
	f.Seen, f.Acknowledged = l.seen.percentiles(), l.acked.percentiles()
	f.Broken = f.report.Count()
	f.Failures = make([]string, 0, len(f.report.Failures()))
	for _, failure := range f.report.Failures() {
		f.Failures = append(f.Failures, failure.Error())
	}
}

// write writes the figures for people.
func (f *figures) write(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "services\t%d in %d apps over %d connections\n", f.Services, f.Apps, f.Connections)
	fmt.Fprintf(table, "subscribers\t%d\n", f.Subscribers)
	fmt.Fprintf(table, "registered, seen by all\t%.0f ms\n", f.RegisteredMs)
	fmt.Fprintf(table, "changes\t%d in %.1f s, %.0f/s\n", f.Changes, f.ChangingMs/1000, f.ChangesPerSecond)
	fmt.Fprintf(table, "deliveries\t%d, %.0f/s, %d more merged into newer ones, %d snapshots again\n",
		f.Deliveries, f.DeliveriesPerSecond, f.Merged, f.Snapshots)
	fmt.Fprintf(table, "level after the last change\t%.0f ms\n", f.SettledMs)
	fmt.Fprintf(table, "ms\tp50\tp90\tp99\tp99.9\tmax\n")
	for _, row := range []struct {
		name string
		percentiles
	}{{"  sent to acknowledged", f.Acknowledged}, {"  sent to seen", f.Seen}} {
		fmt.Fprintf(table, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\n", row.name, row.P50, row.P90, row.P99, row.P999, row.Max)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if f.Broken == 0 {
		_, err := fmt.Fprintln(w, "every view is what is registered; no promise was broken")
		return err
	}
	_, err := fmt.Fprintf(w, "%d times a promise was broken:\n%v\n", f.Broken, f.report.Err())
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// show writes the figures for people or as JSON.
func (f *figures) show(out io.Writer, asJSON bool) error {
	if !asJSON {
		return f.write(out)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(f)
}
