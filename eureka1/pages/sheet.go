package pages

import (
	"bytes"
	"slices"
)

// Sheet is one document in one dialect, brought up to date by snapshots. It is not
// safe for concurrent use, but may go from goroutine to goroutine; nor are sheets that
// are brought up to date beside each other.
type Sheet struct {
	document Document
	encoder  Encoder

	version   uint64
	heading   Heading
	leaves    []*leaf
	parts     []*part
	runs      []run
	separator piece
	plain     Body // of this version, once asked for
	gzip      Body
	scratch   []byte
	stats     SheetStats
}

// NewSheet returns an empty sheet; it shows nothing before its first Update.
func NewSheet(document Document, encoder Encoder) *Sheet {
	return &Sheet{document: document, encoder: encoder, separator: storedPiece([]byte(encoder.Separator()))}
}

// Version returns the version of the snapshot that the sheet shows, 0 if none.
func (s *Sheet) Version() uint64 { return s.version }

// Update brings the sheet up to a snapshot: it encodes the rows that it hasn't met.
// An earlier snapshot than the one that it shows changes nothing.
func (s *Sheet) Update(snapshot *Snapshot) { s.UpdateBeside(snapshot, nil) }

// UpdateBeside is Update that takes over what another sheet of the same dialect has of the
// same leaves. That is nil, or of any snapshot of the same Pages.
func (s *Sheet) UpdateBeside(snapshot *Snapshot, other *Sheet) {
	if snapshot.version <= s.version {
		return
	}
	s.version = snapshot.version
	heading, leaves := snapshot.heading(s.document), snapshot.leaves[s.document][cutOf(s.encoder)]
	if heading == s.heading && slices.Equal(leaves, s.leaves) {
		return
	}
	s.plain, s.gzip = Body{}, Body{}
	s.heading, s.leaves = heading, leaves
	s.parts = s.partsOf(leaves, other)
}

// partsOf returns the parts of those leaves: the sheet's own where they are the same, or
// those of another sheet, which may be nil.
func (s *Sheet) partsOf(leaves []*leaf, other *Sheet) []*part {
	known := texts{parts: s.parts}
	parts, own, others := make([]*part, len(leaves)), made{s.parts}, made{}
	if other != nil {
		others.parts = other.parts
	}
	for i, l := range leaves {
		opens := i == 0 || leaves[i-1].last().Key.App != l.first().Key.App
		closes := i == len(leaves)-1 || leaves[i+1].first().Key.App != l.last().Key.App
		if parts[i] = own.of(l, opens, closes); parts[i] != nil {
			continue
		}
		if parts[i] = others.of(l, opens, closes); parts[i] != nil {
			s.stats.Shared++
			continue
		}
		p := &part{leaf: l, opens: opens, closes: closes}
		s.scratch = p.appendRows(s.scratch[:0], s.encoder, &known)
		p.text = slices.Clone(s.scratch)
		parts[i] = p
	}
	s.stats.Carried += known.carried
	s.stats.Encoded += known.missed
	return parts
}

// Plain returns the document as it is. The texts of leaves that haven't changed are
// those that earlier bodies have.
func (s *Sheet) Plain() Body {
	if s.plain.Parts != nil {
		return s.plain
	}
	body := Body{Parts: make([][]byte, 0, len(s.parts)+2)}
	body.add(s.encoder.AppendHead(nil, s.heading))
	for i, p := range s.parts {
		text := p.text
		if i == 0 {
			text = text[len(s.encoder.Separator()):]
		}
		body.add(text)
	}
	body.add(s.encoder.AppendTail(nil, s.heading))
	s.plain = body
	return body
}

// Gzip returns the document compressed. It compresses those leaves that it hasn't
// before, and shares the runs of the others with earlier bodies.
func (s *Sheet) Gzip(deflater *Deflater) (Body, error) {
	if s.gzip.Parts != nil {
		return s.gzip, nil
	}
	for _, p := range s.parts {
		if p.piece.deflated == nil {
			piece, err := deflater.piece(p.text[len(s.encoder.Separator()):])
			if err != nil {
				return Body{}, err
			}
			p.piece = piece
			s.stats.Compressed++
		}
	}
	s.join()
	pieces := make([]piece, 0, len(s.runs)+2)
	pieces = append(pieces, storedPiece(s.encoder.AppendHead(nil, s.heading)))
	for i := range s.runs {
		pieces = append(pieces, s.runs[i].piece)
	}
	pieces = append(pieces, storedPiece(s.encoder.AppendTail(nil, s.heading)))
	s.gzip = member(pieces)
	if len(s.runs) <= 1 { // one write is cheaper, and so little is soon copied
		s.gzip.Parts = [][]byte{bytes.Join(s.gzip.Parts, nil)}
	}
	return s.gzip, nil
}
