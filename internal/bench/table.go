package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Table is what one row found.
type Table struct {
	Row     string   `json:"row"`
	Title   string   `json:"title"`
	Figures []Figure `json:"figures"`
	Notes   []string `json:"notes,omitempty"`
}

// Figure is one thing that was measured, beside the same of a baseline or peer in
// the same run.
type Figure struct {
	What   string  `json:"what"`
	Unit   string  `json:"unit"`
	Value  float64 `json:"value"`
	Beside string  `json:"beside,omitempty"`
	Theirs float64 `json:"theirs,omitempty"`
	Reach  Reach   `json:"reach,omitzero"`
	// Missing says why there is no value.
	Missing string `json:"missing,omitempty"`
}

// Reach is what is to be reached: a ratio to what is beside, or a value.
type Reach struct {
	Ratio float64 `json:"ratio,omitempty"`
	Value float64 `json:"value,omitempty"`
	Least bool    `json:"least,omitempty"` // at least, else at most
}

// ratio returns how many times the other's the value is; 0 if there is none.
func (f Figure) ratio() float64 {
	if f.Beside == "" || f.Theirs == 0 {
		return 0
	}
	return f.Value / f.Theirs
}

// verdict says for people whether the figure is within reach.
func (f Figure) verdict() string {
	have, want, unit := f.ratio(), f.Reach.Ratio, "x"
	if want == 0 {
		have, want, unit = f.Value, f.Reach.Value, f.Unit
	}
	if want == 0 {
		return ""
	}
	sign, within := "≤", have <= want
	if f.Reach.Least {
		sign, within = "≥", have >= want
	}
	word := "ABOVE"
	switch {
	case within:
		word = "reached"
	case f.Reach.Least:
		word = "BELOW"
	}
	return fmt.Sprintf("%s %g %s\t%s", sign, want, unit, word)
}

// Write writes the table for people.
func (t Table) Write(w io.Writer) error {
	fmt.Fprintf(w, "\n%s  %s\n", t.Row, t.Title)
	lines := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range t.Figures {
		beside, ratio := "", ""
		if f.Beside != "" {
			beside = fmt.Sprintf("%s %s %s", f.Beside, number(f.Theirs), f.Unit)
			ratio = fmt.Sprintf("%.2f x", f.ratio())
		}
		value := number(f.Value) + " " + f.Unit
		if f.Missing != "" {
			value = f.Missing
		}
		fmt.Fprintf(lines, "   %s\t%s\t%s\t%s\t%s\n", f.What, value, beside, ratio, f.verdict())
	}
	if err := lines.Flush(); err != nil {
		return err
	}
	for _, note := range t.Notes {
		fmt.Fprintf(w, "   - %s\n", note)
	}
	return nil
}

// number writes three digits or so.
func number(n float64) string {
	switch {
	case n >= 100 || n <= -100:
		return fmt.Sprintf("%.0f", n)
	case n >= 10 || n <= -10:
		return fmt.Sprintf("%.1f", n)
	default:
		return fmt.Sprintf("%.2f", n)
	}
}

// Add adds a figure.
func (t *Table) Add(f Figure) { t.Figures = append(t.Figures, f) }

// Compare adds a figure beside that of another.
func (t *Table) Compare(what, unit string, value float64, beside string, theirs float64, r Reach) {
	t.Add(Figure{What: what, Unit: unit, Value: value, Beside: beside, Theirs: theirs, Reach: r})
}

// Note adds a remark for people.
func (t *Table) Note(format string, args ...any) {
	t.Notes = append(t.Notes, fmt.Sprintf(format, args...))
}

// Median returns the middle one, of an even number the lower of the two.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
