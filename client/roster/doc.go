// Package roster is the state machine of a registering client: which instances
// the application wants registered, what the node has acknowledged of each, what
// is on its way, and what to say next. It decides; package client does the I/O.
//
// Inputs are the application's wishes (Register, Update, Unregister), the life of
// the connection (Connect, Receive, Lost) and time (Tick at the moment that Due
// names). After any of them Drain returns what to do about it: frames to write,
// wishes that are settled, and the decision to give the connection up, upon which
// the caller closes it, calls Lost, and brings another one with Connect.
//
//	application ── Register Update Unregister ─┐
//	connection  ── Connect Receive Lost ───────┤ Roster ── Drain ─▶ frames, settled wishes, departure
//	clock       ── Tick ───────────────────────┘
//
// Each registration is a goal (an instance, or to be gone) beside what the node
// is known to hold, and at most one message about it is on its way. Whenever an
// answer, an Again or a new connection changes the one or the other, the next
// step from here to there is said; a new connection begins with Register, or with
// Unregister, which carry the version acknowledged last. So there is no special case for a
// change made while nothing is connected, or while its predecessor travels.
//
// Pure: time is an argument (monotonic, from any fixed moment), nothing is
// random, nothing blocks. One owner at a time; not safe for concurrent use.
package roster
