// Package dialect speaks Eureka 1: it turns the documents of its REST protocol into
// the words of [heureka/model] and back, so that its clients need no change.
//
//	bytes, JSON or XML  ⇄  Info, Eureka's InstanceInfo  ⇄  model.Instance
//
// decode_*.go read whatever the clients in the field write: it takes more than the
// reference server does, never less. append_*.go write what the strictest of those
// clients can read, in every [Form]. translate_*.go hold the two ways between an
// [Info] and an instance; docs/eureka1.md has the table of what lives where.
// Nothing is lost either way: what has no counterpart in the model goes to its
// table Eureka1, and what Eureka can't say of an instance goes to two reserved keys
// of its metadata.
//
// Documents are made of fragments that may be kept: what [AppendInstance] writes is
// the same bytes in a whole registry, a delta, an application or alone. Around them
// stand [AppendHead], [AppendApplicationHead], [Between] and their tails:
//
//	AppendHead  AppendApplicationHead instance Between instance ApplicationTail  Between …  AppendTail
//
// The package is pure and has no state; what it returns shares no memory with what
// was decoded. A document's size is the caller's to bound; depth, lists and tables
// are bounded here.
package dialect
