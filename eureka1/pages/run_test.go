package pages

import (
	"bytes"
	"slices"
	"testing"

	"heureka/model"
)

// TestAChangeJoinsOneRun: what a change leaves as it is, a body shares with those
// before it, and so does who is slow to take one.
func TestAChangeJoinsOneRun(t *testing.T) {
	pages, deflater := fleet(t, 500, 10), newDeflater(t)
	sheet := NewSheet(Apps, jsonDialect{})
	compressed := func() Body {
		sheet.Update(pages.Snapshot())
		body, err := sheet.Gzip(deflater)
		if err != nil {
			t.Fatal(err)
		}
		if gunzipped(t, []byte(text(body))) != text(sheet.Plain()) {
			t.Error("compressed it isn't what it is plain")
		}
		return body
	}
	before := compressed()
	if runs := (len(sheet.parts) + perRun - 1) / perRun; runs < 4 || len(sheet.runs) != runs || sheet.stats.Joined != uint64(runs) {
		t.Fatalf("%d leaves are in %d runs, of which %d were joined", len(sheet.parts), len(sheet.runs), sheet.stats.Joined)
	}
	for n := range 20 {
		joined := sheet.stats.Joined
		changeOne(pages, n+1)
		after := compressed()
		if joined++; sheet.stats.Joined != joined {
			t.Errorf("change %d joined %d runs", n, sheet.stats.Joined-joined+1)
		}
		if own := apart(before, after); own > after.Length/3 {
			t.Errorf("after change %d a body has %d bytes of %d for itself", n, own, after.Length)
		}
		before = after
	}
}

// apart returns how many bytes of a body aren't those of another.
func apart(other, body Body) (n int) {
	for _, part := range body.Parts {
		if !slices.ContainsFunc(other.Parts, func(o []byte) bool { return &o[0] == &part[0] }) {
			n += len(part)
		}
	}
	return n
}

// TestALittleDocumentHasOnePart: it leaves in one write.
func TestALittleDocumentHasOnePart(t *testing.T) {
	pages, deflater := fleet(t, 1, 1), newDeflater(t)
	sheet := NewSheet(Apps, jsonDialect{})
	for _, more := range []string{"SERVICE-000", "SERVICE-001"} {
		in := realistic(more, 0)
		pages.Apply([]model.Change{{Kind: model.Put, Key: in.Key(), After: model.Pack(in)}}, 0)
		sheet.Update(pages.Snapshot())
		body, err := sheet.Gzip(deflater)
		if err != nil {
			t.Fatal(err)
		}
		if len(body.Parts) != 1 || body.Length != len(bytes.Join(body.Parts, nil)) {
			t.Errorf("%d bytes in %d parts", body.Length, len(body.Parts))
		}
	}
}
