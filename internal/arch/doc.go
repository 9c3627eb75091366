// Package arch checks that the code is laid out as ARCHITECTURE.md says: which
// package lies on which layer, who may import whom, and what the pure layers must
// not touch. Its test runs the check over the whole module; nobody imports it.
//
// The checks read source, they don't build it: [Load] parses every file that
// isn't a test, [Check] resolves names within each package and compares with a
// [Plan]. [Heureka] is the plan of this module, the one place to change when a
// package is added.
package arch
