package pages

// part is a leaf's text in one dialect, and its compressed form once that was asked
// for.
type part struct {
	leaf *leaf
	// opens and closes tell whether the first row's application begins in this leaf,
	// and the last row's ends in it.
	opens, closes bool

	text  []byte // begins with a separator
	spans []span // of the rows in text
	piece piece  // of text without that separator
}

type span struct{ from, to int32 }

// is reports whether the part is the text of that leaf between such neighbours.
func (p *part) is(l *leaf, opens, closes bool) bool {
	return p.leaf == l && p.opens == opens && p.closes == closes
}

// made finds the parts of leaves. It is asked for them in their order.
type made struct{ parts []*part }

// of returns the part of that leaf between such neighbours, nil if there is none.
func (m *made) of(l *leaf, opens, closes bool) *part {
	for len(m.parts) > 0 && m.parts[0].leaf.last().compare(l.first()) < 0 {
		m.parts = m.parts[1:]
	}
	if len(m.parts) > 0 && m.parts[0].is(l, opens, closes) {
		return m.parts[0]
	}
	return nil
}

// appendRows appends the leaf's text to dst, which is empty, taking from known the
// text of the rows that it has, and notes the spans.
func (p *part) appendRows(dst []byte, encoder Encoder, known *texts) []byte {
	separator := encoder.Separator()
	rows := p.leaf.rows
	p.spans = make([]span, len(rows))
	for i, row := range rows {
		app := row.Key.App
		dst = append(dst, separator...)
		if i > 0 && rows[i-1].Key.App != app || i == 0 && p.opens {
			dst = encoder.AppendOpening(dst, app)
		}
		p.spans[i].from = int32(len(dst))
		if text := known.of(row); text != nil {
			dst = append(dst, text...)
		} else {
			dst = encoder.AppendRow(dst, row)
		}
		p.spans[i].to = int32(len(dst))
		if i < len(rows)-1 && rows[i+1].Key.App != app || i == len(rows)-1 && p.closes {
			dst = encoder.AppendClosing(dst, app)
		}
	}
	return dst
}

// texts finds the texts of rows in the parts of an earlier snapshot. It is asked for
// rows in their order.
type texts struct {
	parts   []*part
	at, row int
	carried uint64 // found
	missed  uint64
}

// of returns the text of that row, nil if there is none.
func (t *texts) of(row *Row) []byte {
	for t.at < len(t.parts) {
		p := t.parts[t.at]
		if t.row == len(p.leaf.rows) || p.leaf.last().compare(row) < 0 {
			t.at, t.row = t.at+1, 0
			continue
		}
		if p.leaf.rows[t.row] == row {
			t.carried++
			return p.text[p.spans[t.row].from:p.spans[t.row].to]
		}
		if p.leaf.rows[t.row].compare(row) >= 0 {
			break
		}
		t.row++
	}
	t.missed++
	return nil
}
