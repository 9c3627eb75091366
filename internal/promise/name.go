package promise

// Name is the name of a promise, as failures report it.
type Name string

// The promises.
const (
	Ordered    Name = "Ordered"    // changes of one instance reach a subscriber in version order
	Unique     Name = "Unique"     // no change is delivered twice in one session, while it keeps the interest and until a snapshot replaces
	Gapless    Name = "Gapless"    // nothing that a session should hold is skipped silently
	Filtered   Name = "Filtered"   // a subscriber never holds an instance outside its interest; leaving arrives as removed
	Fenced     Name = "Fenced"     // an older version never replaces a newer one
	Convergent Name = "Convergent" // at rest all views are equal, and equal to what clients hold registered
	Available  Name = "Available"  // in any partition every reachable node registers and serves
	Preserved  Name = "Preserved"  // no fault evicts more than the quota, and nothing is held for ever
	Kept       Name = "Kept"       // an acknowledged registration whose client lives survives the death of any one node
	Resumable  Name = "Resumable"  // a valid token loses nothing; an invalid one is refused aloud
	Bounded    Name = "Bounded"    // memory per session and per message has a ceiling that no peer can pass
	Isolated   Name = "Isolated"   // a slow or hostile subscriber delays no other
)
