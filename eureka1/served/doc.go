// Package served hands the documents of package pages to the handlers of requests:
// it decides when a document is brought up to date, and guards what the handlers'
// goroutines share.
//
//	changes ──► source ◄──Snapshot── edition ──► page ◄──Page── handlers
//
// A request is answered from the edition: the snapshot that requests are answered from
// now. When the source has changed, and the edition has stood for [Config].Age, the
// request takes another snapshot for an edition; so a document is at most that old, plus
// what it takes to make. Whatever changes meanwhile is taken in at once; who comes while
// the snapshot is taken waits for it. There is one
// edition for all documents and dialects: who fetches one and then another never goes
// back in time, and a delta's hash code fits what was fetched before.
//
// A page is made when it is first asked for in its edition, once, and all that ask for
// it meanwhile wait for it. So nothing is encoded or compressed that nobody asks for,
// and however fast the registry changes, pages take their share of the processor and
// no more ([Config].Share); what gives is their age. Both documents in one dialect are
// made one after the other, as the second takes over what the first has. Dialects that
// aren't asked for are dropped after a while.
//
// A page that is asked for often is put in a file in memory, from which sockets send
// ([Sending]); all else is sent from memory.
//
// It has no goroutine of its own. Everything but New is safe for concurrent use.
package served
