package served

import "heureka/eureka1/pages"

// Source has the documents as they are now. Any goroutine may call it.
type Source interface {
	// Changed reports whether Snapshot returns another one than this, whoever has called
	// it since. It costs next to nothing.
	Changed(*pages.Snapshot) bool
	// Snapshot returns the documents as they are now, and takes the time to bring them
	// up to date. Later calls return later snapshots of one Pages.
	Snapshot() *pages.Snapshot
}
