// Package sides decides what a bridge between a Eureka 1 cluster and Heureka tells
// either of them.
//
//	Page, Delta, Batch, Asked ─▶ ┌───────┐ ─▶ Due(Heureka), Due(a server of the old cluster)
//	Shows, Level              ─▶ │ Sides │ ─▶ Asks
//	Told, Failed              ─▶ └───────┘ ◀─ Sweep, each second
//
// It keeps, for each instance, what the old cluster is taken to hold, what Heureka
// shows, and what it told each of them. What follows from these is worked out anew
// whenever one of them changes; there is no list of events that could be lost. So a
// bridge that starts, a server that comes back empty, and a batch that nobody
// answered need nothing of their own.
//
// # Who has an instance
//
// It is the old cluster's or Heureka's, never both, by two marks:
//
//   - What a bridge registers in Heureka is marked there as another Eureka server's
//     ([rules.IsPeers]), until its client speaks there itself. It is never told to a
//     Eureka server.
//   - What a bridge registers in a Eureka server has [MarkKey] in its metadata, with
//     the name of the Heureka that it comes from. It is never told to that Heureka.
//
// So nothing comes back to where it was registered, whatever the number and order of
// bridges, and whatever they forget. Where both have the same instance of their own,
// the client's newest word counts, by its own clock; but a word that the old cluster
// had when the client came to Heureka is older, whatever its clock says.
//
// # What is believed
//
// A Eureka server's answers are up to half a minute old, it forgets everything when it
// starts, and it says of what it leaves out only sometimes that it was taken out.
// What was passed on in a batch, or asked for, therefore counts for [Config.Settle]
// against what pages show. What a page leaves out without a word is kept for
// [Config.Absent], and if that is more than a [Config.Share] of all, for
// [Config.Patience].
//
// The package is pure: time comes in with each call, and a Sides belongs to one
// goroutine at a time.
package sides
