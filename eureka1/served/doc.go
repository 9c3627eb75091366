// Package served hands the documents of package pages to the handlers of requests:
// it decides when a document is brought up to date, and guards what the handlers'
// goroutines share.
//
//	loop ──Publish──► latest snapshot          handlers ──Page──► edition ──► page
//
// The node's loop publishes a snapshot after each batch of changes, which never
// waits. A request is answered from the edition: the snapshot that requests are
// answered from now. When there is a later one, and the edition has stood for
// [Config].Age, the request makes that the edition; so a document is at most that
// old, plus what it takes to make. There is one edition for all documents and
// dialects: who fetches one and then another never goes back in time, and a delta's
// hash code fits what was fetched before.
//
// A page is made when it is first asked for in its edition, once, and all that ask for
// it meanwhile wait for it. So nothing is encoded or compressed that nobody asks for,
// and however fast the registry changes, pages take their share of the processor and
// no more ([Config].Share); what gives is their age. Dialects that aren't asked for are
// dropped after a while.
//
// It has no goroutine of its own. Everything but New is safe for concurrent use.
package served
