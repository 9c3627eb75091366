package eureka1

import (
	"heureka/eureka1/dialect"
	"heureka/eureka1/pages"
	"heureka/model"
)

// encoder writes the parts of pages in one form.
type encoder struct{ form dialect.Form }

// encoders lists one for each form, at the form's place.
func encoders() []pages.Encoder {
	var all []pages.Encoder
	for _, form := range dialect.Forms() {
		all = append(all, encoder{form})
	}
	return all
}

func envelope(h pages.Heading) dialect.Envelope {
	return dialect.Envelope{Version: int64(h.Version), Hash: h.HashCode}
}

func (e encoder) AppendHead(dst []byte, h pages.Heading) []byte {
	return dialect.AppendHead(dst, e.form, envelope(h))
}

func (e encoder) AppendTail(dst []byte, h pages.Heading) []byte {
	return dialect.AppendTail(dst, e.form, envelope(h))
}

func (e encoder) AppendOpening(dst []byte, app string) []byte {
	return dialect.AppendApplicationHead(dst, e.form, app)
}

func (e encoder) AppendRow(dst []byte, row *pages.Row) []byte {
	info := infoOf(row)
	return dialect.AppendInfo(dst, e.form, &info)
}

func (e encoder) AppendClosing(dst []byte, _ string) []byte {
	return append(dst, dialect.ApplicationTail(e.form)...)
}

func (e encoder) Separator() string { return dialect.Between(e.form) }
func (e encoder) Compact() bool     { return e.form.Compact() }

// infoOf returns what a row shows, in Eureka's words.
func infoOf(row *pages.Row) dialect.Info {
	in := row.Instance()
	shown := dialect.ShownAt(in, model.Version{Time: row.Time, Override: row.Override})
	if row.Action == pages.Deleted {
		shown.Action = dialect.Deleted
	}
	return dialect.InfoOf(in, shown)
}
