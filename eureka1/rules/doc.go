// Package rules decides what the words of Eureka 1 do to the registry, and what is
// answered: registrations, heartbeats, cancellations, overrides and metadata, from
// clients and, in batches, from other Eureka servers.
//
//	request ─▶ Word ─▶ Apply ─▶ Registry, which a write node's loop owns
//	                     └────▶ Answer: a status, sometimes an instance or a text
//
// Most of it is the reference server's behaviour; docs/eureka1.md lists where it
// isn't, and why. The package is pure and has no state. Apply is called where the
// [Registry] may be used, so that what it looks at and what it does are one act.
package rules
