// Package pages keeps the two documents that Eureka 1 clients poll, the whole
// registry (apps) and what changed lately (apps/delta), so that a request is a
// lookup and a write and a change costs no more than the part of a document that
// it is in. It is pure: no I/O, clock, goroutine or lock.
//
//	changes ─► Pages ──► Snapshot ──► Sheet ──────────────► Body
//	           listings  immutable    one per document      plain: shared texts
//	           of rows   leaves       and dialect           gzip: shared runs
//
// [Pages] holds each document as a listing: its rows, which are instances, in
// order of application, cut into leaves of about 64 KiB of text. What is in the delta,
// and how long, the type recent decides. Leaves are
// immutable; a change replaces one, and two where it splits or joins them, never
// more; many changes at a time replace each leaf once. Pages is for one goroutine at a
// time, and encodes nothing.
//
// A [Snapshot] is the list of leaves of one moment, and may be read by any
// goroutine. A [Sheet] follows the snapshots for one document in one dialect: it
// encodes the leaves that it hasn't met, copying the text of the rows that it
// has, and, asked for gzip, compresses them, each by itself. A sheet is for one
// goroutine at a time; the bodies that it hands out are immutable. Compressed leaves
// are joined in runs, so that a body is written in few parts and shares what hasn't
// changed with those before it. While the delta holds all there is, its leaves are
// those of apps, but where something went, and sheets of both share texts and
// compressed forms. So the work is done where the requests are, for the dialects that
// are asked for, and as often as they are.
//
//	gzip:  header │ head │ leaf │ , │ leaf │ , │ leaf │ tail │ checksum, length
//	              └ stored ┘  deflate, ended on a byte boundary
//
// Some are looked up by other words than their keys, see [Index]: what is found is
// gathered when somebody first asks, and follows the changes.
//
// What the package doesn't do: write instances as JSON or XML (an [Encoder] does),
// decide when a document is brought up to date and guard the sheets (package
// served does), speak HTTP.
package pages
