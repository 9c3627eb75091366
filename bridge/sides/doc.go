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
// Each side is told only of what clients registered on the other one themselves:
//
//   - What a bridge registers in Heureka is marked there as another Eureka server's
//     ([rules.IsPeers]), until its client speaks there itself.
//   - What a bridge registers in a Eureka server has [dialect.KeyOrigin] in its
//     metadata, with the name of the Heureka that it comes from. Where Heureka is the
//     old cluster, it shows what is marked in this way too.
//
// So nothing comes back to where it was registered, whatever the number and order of
// bridges, and whatever they forget. Where both sides have an instance of their own
// by the same name, the client's newest word counts, by its own clock; but a word that
// the old cluster had when the client came to Heureka is older, whatever its clock says.
//
// # What is believed
//
// A Eureka server's answers are up to half a minute old, it forgets everything when it
// starts, and it says of what it leaves out only sometimes that it was taken out.
// What was passed on in a batch, or asked for, therefore counts for [Config.Settle]
// against what pages show; after that, what a page shows otherwise is asked for, unless
// it is a later word of the client. Of two words of the server that is read, the one
// counts that it was told later, by its own clock. An override or an end in a batch has
// no time on it: where it may be late it is a rumour, and asked for. What a page leaves
// out without a word is kept for [Config.Absent], and if that is more than a
// [Config.Share] of all, for [Config.Patience].
//
// What somebody else took out of Heureka is said again when the old cluster answers that
// it is there; what somebody else took out of the old cluster, only while Heureka is
// heard. So a bridge that is cut off from a side brings nothing back that has ended.
//
// The package is pure: time comes in with each call, and a Sides belongs to one
// goroutine at a time.
package sides
